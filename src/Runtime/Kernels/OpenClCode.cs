namespace KernelFoundry;

/// <summary>A kernel variant compiled to OpenCL C 1.2.</summary>
public sealed unsafe class OpenClCode
{
    /// <summary>The source and how to launch it.</summary>
    /// <param name="source">OpenCL C 1.2.</param>
    /// <param name="entryPoint">The name of the kernel function in it.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public OpenClCode(string source, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(entryPoint);
        if (plan == null)
            throw new ArgumentNullException(nameof(plan));
        Source = source;
        EntryPoint = entryPoint;
        Plan = plan;
    }

    /// <summary>OpenCL C 1.2.</summary>
    public string Source { get; }

    /// <summary>The name of the kernel function in <see cref="Source"/>.</summary>
    public string EntryPoint { get; }

    /// <summary>Computes the launch shape from the argument slots.</summary>
    public delegate*<long*, LaunchShape*, void> Plan { get; }
}
