namespace KernelFoundry.Inference.Models;

/// <summary>Which elements of a head rotary position encoding turns together. Su et al., "RoFormer", 2021.</summary>
public enum RotaryKind
{
    /// <summary>Element 2i with element 2i + 1.</summary>
    Interleaved,

    /// <summary>Element i with element i + half of the rotated ones.</summary>
    HalfSplit,

    /// <summary>None: positions come from elsewhere.</summary>
    None,
}
