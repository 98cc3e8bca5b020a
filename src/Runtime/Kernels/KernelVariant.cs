using System.Globalization;

namespace KernelFoundry;

/// <summary>A kernel compiled for one choice of type arguments and of values of its specialized parameters.</summary>
public sealed class KernelVariant
{
    private CpuCode? cpu;
    private OpenClCode? openCl;
    private IReadOnlyList<CudaCode>? cuda;

    /// <summary>The type arguments: element names and full names of functors, joined by commas without spaces. Empty for a kernel without.</summary>
    public required string TypeKey { get; init; }

    /// <summary>One entry a specialized parameter, in their order: the value it is compiled for, or null for any.</summary>
    public IReadOnlyList<int?> Specialized { get; init; } = [];

    /// <summary>Gives the code for the CPU when it is first asked for, so that what no device runs is never loaded; null where there is none.</summary>
    public Func<CpuCode>? MakeCpu { get; init; }

    /// <summary>Gives the code for OpenCL devices, as <see cref="MakeCpu"/> does.</summary>
    public Func<OpenClCode>? MakeOpenCl { get; init; }

    /// <summary>Gives the code for CUDA devices, as <see cref="MakeCpu"/> does.</summary>
    public Func<IReadOnlyList<CudaCode>>? MakeCuda { get; init; }

    /// <summary>The code for the CPU.</summary>
    public CpuCode? Cpu => cpu ?? Made(ref cpu, MakeCpu);

    /// <summary>The code for OpenCL devices.</summary>
    public OpenClCode? OpenCl => openCl ?? Made(ref openCl, MakeOpenCl);

    /// <summary>The code for CUDA devices, one entry a generation of GPUs it was compiled for; a device takes the newest it can run.</summary>
    public IReadOnlyList<CudaCode> Cuda => cuda ?? Made(ref cuda, MakeCuda) ?? [];

    /// <summary>Type arguments and specialized values, as in <c>float; 64, any</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        string values = string.Join(", ", Specialized.Select(value => value?.ToString(CultureInfo.InvariantCulture) ?? "any"));
        return values.Length == 0 ? TypeKey : $"{TypeKey}; {values}";
    }

    // Threads that ask at once get one object.
    private static T? Made<T>(ref T? made, Func<T>? make)
        where T : class => make is null ? null : LazyInitializer.EnsureInitialized(ref made, make);
}
