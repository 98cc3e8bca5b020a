using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Targets;

/// <summary>What scalar expressions in C# are made of: by default .NET's own methods, or others where these are not to be had.</summary>
/// <param name="Functions">What is no operator. {0}, {1}, {2}: operands. Float forms first, then the form for integers where it differs.</param>
/// <param name="Bits">The bits of a float as an int.</param>
/// <param name="UnsignedBits">As a uint.</param>
/// <param name="FromBits">The float of the bits of an int.</param>
/// <param name="FromUnsignedBits">Of a uint.</param>
/// <param name="Clamp">{0}, at least {1} and at most {2}.</param>
/// <param name="Negative">A negative literal.</param>
internal sealed record CSharpDialect(
    IReadOnlyDictionary<OpCode, (string Float, string? Integer)> Functions, string Bits, string UnsignedBits, string FromBits, string FromUnsignedBits, string Clamp, string Negative)
{
    /// <summary>C# that the CPU runs, and hosts.</summary>
    public static CSharpDialect Cpu { get; } = new(
        new Dictionary<OpCode, (string Float, string? Integer)>
        {
            [OpCode.Abs] = ("MathF.Abs({0})", "Lanes.Abs({0})"),
            [OpCode.Exp] = ("Elementary.Exp({0})", null),
            [OpCode.Log] = ("Elementary.Log({0})", null),
            [OpCode.Sqrt] = ("MathF.Sqrt({0})", null),
            [OpCode.Rsqrt] = ("(1f / MathF.Sqrt({0}))", null),
            [OpCode.Tanh] = ("Elementary.Tanh({0})", null),
            [OpCode.Erf] = ("Elementary.Erf({0})", null),
            [OpCode.Sin] = ("Elementary.Sin({0})", null),
            [OpCode.Cos] = ("Elementary.Cos({0})", null),
            [OpCode.Sigmoid] = ("Elementary.Sigmoid({0})", null),
            [OpCode.Floor] = ("MathF.Floor({0})", null),
            [OpCode.Round] = ("MathF.Round({0})", null),
            [OpCode.Rem] = ("({0} % {1})", null),
            [OpCode.Min] = ("float.MinNumber({0}, {1})", "Math.Min({0}, {1})"),
            [OpCode.Max] = ("float.MaxNumber({0}, {1})", "Math.Max({0}, {1})"),
            [OpCode.Scale] = ("Elementary.Scale({0}, {1})", null),
            [OpCode.MulHi] = ("", "Lanes.MulHi({0}, {1})"),
            [OpCode.Fma] = ("MathF.FusedMultiplyAdd({0}, {1}, {2})", null),
            [OpCode.Philox] = ("Lanes.Philox({0}, {1}, {2})", null),
        },
        "BitConverter.SingleToInt32Bits({0})", "BitConverter.SingleToUInt32Bits({0})", "BitConverter.Int32BitsToSingle({0})", "BitConverter.UInt32BitsToSingle({0})",
        "Math.Clamp({0}, {1}, {2})", "{0}");

    /// <summary>
    /// C# that ILGPU takes: the primitives of a group G, and methods made of these. Nothing of Math, MathF or BitConverter, parts of which ILGPU lacks: it turns
    /// MathF.FusedMultiplyAdd into a function no device has. A minus behind another operator's, or behind a cast, would be read as something else.
    /// </summary>
    public static CSharpDialect Group { get; } = new(
        new Dictionary<OpCode, (string Float, string? Integer)>
        {
            [OpCode.Abs] = ("GroupMath.Abs<G>({0})", "GroupMath.Abs({0})"),
            [OpCode.Exp] = ("GroupElementary.Exp<G>({0})", null),
            [OpCode.Log] = ("GroupElementary.Log<G>({0})", null),
            [OpCode.Sqrt] = ("G.Sqrt({0})", null),
            [OpCode.Rsqrt] = ("(1f / G.Sqrt({0}))", null),
            [OpCode.Tanh] = ("GroupElementary.Tanh<G>({0})", null),
            [OpCode.Erf] = ("GroupElementary.Erf<G>({0})", null),
            [OpCode.Sin] = ("GroupElementary.Sin<G>({0})", null),
            [OpCode.Cos] = ("GroupElementary.Cos<G>({0})", null),
            [OpCode.Sigmoid] = ("GroupElementary.Sigmoid<G>({0})", null),
            [OpCode.Floor] = ("G.Floor({0})", null),
            [OpCode.Round] = ("G.Round({0})", null),
            [OpCode.Rem] = ("G.Rem({0}, {1})", "({0} % {1})"),
            [OpCode.Min] = ("GroupMath.Min({0}, {1})", null),
            [OpCode.Max] = ("GroupMath.Max({0}, {1})", null),
            [OpCode.Scale] = ("GroupElementary.Scale<G>({0}, {1})", null),
            [OpCode.MulHi] = ("", "GroupMath.MulHi({0}, {1})"),
            [OpCode.Fma] = ("G.Fma({0}, {1}, {2})", null),
            [OpCode.Philox] = ("GroupMath.Philox({0}, {1}, {2})", null),
        },
        "G.Bits({0})", "(uint)G.Bits({0})", "G.FromBits({0})", "G.FromBits((int){0})", "GroupMath.Clamp({0}, {1}, {2})", "({0})");
}
