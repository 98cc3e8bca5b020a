using System.Globalization;
using System.Runtime.InteropServices;

namespace KernelFoundry.Compiler.Ir;

/// <summary>A typed 32-bit scalar: the unit of constant folding and of the interpreter.</summary>
public readonly struct Number : IEquatable<Number>
{
    private Number(DType type, int bits)
    {
        Type = type;
        Bits = bits;
    }

    public DType Type { get; }

    /// <summary>The value's bits; a bool is 0 or 1, an i8 is sign-extended.</summary>
    public int Bits { get; }

    public float F32 => new Overlay { Int = Bits }.Float;

    public int I32 => Bits;

    public uint U32 => unchecked((uint)Bits);

    public bool Bool => Bits != 0;

    public static Number Of(float value) => new(DType.F32, new Overlay { Float = value }.Int);

    public static Number Of(int value) => new(DType.I32, value);

    public static Number Of(uint value) => new(DType.U32, unchecked((int)value));

    public static Number Of(bool value) => new(DType.Bool, value ? 1 : 0);

    public static Number OfBits(DType type, int bits) => new(type, type switch
    {
        DType.I8 => unchecked((sbyte)bits),
        DType.Bool => bits != 0 ? 1 : 0,
        _ => bits,
    });

    public bool Equals(Number other) => Type == other.Type && Bits == other.Bits;

    public static bool operator ==(Number left, Number right) => left.Equals(right);

    public static bool operator !=(Number left, Number right) => !left.Equals(right);

    public override bool Equals(object? obj) => obj is Number other && Equals(other);

    public override int GetHashCode() => (Bits * 397) ^ (int)Type;

    public override string ToString() => Type switch
    {
        DType.F32 => F32.ToString("R", CultureInfo.InvariantCulture) + "f",
        DType.U32 => U32.ToString(CultureInfo.InvariantCulture) + "u",
        DType.Bool => Bool ? "true" : "false",
        _ => I32.ToString(CultureInfo.InvariantCulture),
    };

    [StructLayout(LayoutKind.Explicit)]
    private struct Overlay
    {
        [FieldOffset(0)]
        public int Int;

        [FieldOffset(0)]
        public float Float;
    }
}
