namespace KernelFoundry.Inference.Decoding;

/// <summary>A value is none of its option's kind.</summary>
/// <param name="expected">What it must be; null for what the kind says.</param>
internal sealed class WrongValueException(string? expected = null) : Exception
{
    /// <summary>What it must be, where that is not what the kind says.</summary>
    public string? Expected { get; } = expected;
}
