using System.Globalization;

namespace KernelFoundry;

/// <summary>A kernel compiled for one choice of type arguments and of values of its specialized parameters.</summary>
public sealed class KernelVariant
{
    /// <summary>The type arguments: element names and full names of functors, joined by commas without spaces. Empty for a kernel without.</summary>
    public required string TypeKey { get; init; }

    /// <summary>One entry a specialized parameter, in their order: the value it is compiled for, or null for any.</summary>
    public IReadOnlyList<int?> Specialized { get; init; } = [];

    /// <summary>The code for the CPU.</summary>
    public CpuCode? Cpu { get; init; }

    /// <summary>The code for OpenCL devices.</summary>
    public OpenClCode? OpenCl { get; init; }

    /// <summary>The code for CUDA devices, one entry a generation of GPUs it was compiled for; a device takes the newest it can run.</summary>
    public IReadOnlyList<CudaCode> Cuda { get; init; } = [];

    /// <summary>Type arguments and specialized values, as in <c>float; 64, any</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        string values = string.Join(", ", Specialized.Select(value => value?.ToString(CultureInfo.InvariantCulture) ?? "any"));
        return values.Length == 0 ? TypeKey : $"{TypeKey}; {values}";
    }
}
