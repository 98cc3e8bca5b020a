namespace KernelFoundry;

/// <summary>One quantized element: its value is Scale * Code + Offset.</summary>
/// <param name="Scale">Shared by a group of elements.</param>
/// <param name="Code">The integer stored for the element, -128 to 127.</param>
/// <param name="Offset">Shared by a group of elements.</param>
public readonly record struct Quantized(float Scale, int Code, float Offset = 0)
{
    /// <summary>Scale * Code + Offset, rounded after the product and after the sum.</summary>
    public float Value => (Scale * Code) + Offset;
}
