using System.Text;

namespace KernelFoundry;

/// <summary>A kernel variant compiled to OpenCL C: 1.2, or 2.0 and later with sub-groups.</summary>
public sealed unsafe class OpenClCode
{
    private readonly delegate*<ReadOnlySpan<byte>> text;
    private string? source;

    /// <summary>The source and how to launch it.</summary>
    /// <param name="source">OpenCL C 1.2.</param>
    /// <param name="entryPoint">The name of the kernel function in it.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public OpenClCode(string source, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
        : this(entryPoint, plan)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        this.source = source;
    }

    /// <summary>The source, as generated code holds it, and how to launch it.</summary>
    /// <param name="text">OpenCL C in UTF-8; read when it is first asked for.</param>
    /// <param name="entryPoint">The name of the kernel function in it.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public OpenClCode(delegate*<ReadOnlySpan<byte>> text, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
        : this(entryPoint, plan)
    {
        if (text == null)
            throw new ArgumentNullException(nameof(text));
        this.text = text;
    }

    private OpenClCode(string entryPoint, delegate*<long*, LaunchShape*, void> plan)
    {
        ArgumentException.ThrowIfNullOrEmpty(entryPoint);
        if (plan == null)
            throw new ArgumentNullException(nameof(plan));
        EntryPoint = entryPoint;
        Plan = plan;
    }

    /// <summary>OpenCL C.</summary>
    public string Source => source ??= Encoding.UTF8.GetString(text());

    /// <summary>The name of the kernel function in <see cref="Source"/>.</summary>
    public string EntryPoint { get; }

    /// <summary>Computes the launch shape from the argument slots.</summary>
    public delegate*<long*, LaunchShape*, void> Plan { get; }

    /// <summary>The same for devices whose sub-groups of 32 work-items, or a multiple, shuffle; null where the kernel would not gain.</summary>
    public OpenClCode? SubGroups { get; init; }
}
