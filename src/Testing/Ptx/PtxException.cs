namespace KernelFoundry.Testing.Ptx;

/// <summary>A module that is not PTX of the subset, or breaks one of its rules.</summary>
internal sealed class PtxException(int line, string message) : Exception($"line {line}: {message}")
{
    /// <summary>Line of the module, counted from 1.</summary>
    public int Line => line;

    /// <summary>What is wrong, without the line.</summary>
    public string Reason { get; } = message;
}
