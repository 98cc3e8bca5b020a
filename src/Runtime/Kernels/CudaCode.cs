namespace KernelFoundry;

/// <summary>A kernel variant compiled to a PTX module for one generation of NVIDIA GPUs and all later ones.</summary>
public sealed unsafe class CudaCode
{
    /// <summary>The module and how to launch it.</summary>
    /// <param name="target">The compute capability its <c>.target</c> names, as in PTX: 70 for <c>sm_70</c>.</param>
    /// <param name="source">The PTX module.</param>
    /// <param name="entryPoint">The name of the <c>.entry</c> in it.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public CudaCode(int target, string source, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target, 30);
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(entryPoint);
        if (plan == null)
            throw new ArgumentNullException(nameof(plan));
        Target = target;
        Source = source;
        EntryPoint = entryPoint;
        Plan = plan;
    }

    /// <summary>The least compute capability it runs on: 70 for <c>sm_70</c>.</summary>
    public int Target { get; }

    /// <summary>The PTX module.</summary>
    public string Source { get; }

    /// <summary>The name of the <c>.entry</c> in <see cref="Source"/>.</summary>
    public string EntryPoint { get; }

    /// <summary>Computes the launch shape from the argument slots.</summary>
    public delegate*<long*, LaunchShape*, void> Plan { get; }
}
