using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Bits of bytes at another place, alike in all lanes: shifted right by <see cref="Shift"/>, left where it is negative, and then only those of <see cref="Mask"/>,
/// none of which a shift brings in from outside the byte.
/// </summary>
public sealed record BitField(ByteTree Of, int Shift, int Mask)
{
    private const int All = 255;

    /// <summary>A tree as a field: of itself where it only is one.</summary>
    public static BitField From(ByteTree tree) => tree switch
    {
        ByteOp { Code: OpCode.And, B: ConstantBytes mask } op when Same(mask.Values) is { } bits => From(op.A).Masked(bits),
        ByteOp { Code: OpCode.Shr, B: ConstantBytes counts } op when Same(counts.Values) is { } count => From(op.A).Shifted(count),
        ByteOp { Code: OpCode.Shl, B: ConstantBytes counts } op when Same(counts.Values) is { } count => From(op.A).Shifted(-count),
        ByteTest test when Same(test.Masks) is { } mask && Same(test.Values) is { } value && IsBit(mask) && IsBit(value) => From(test.Operand).Bit(mask, value),
        _ => new(tree, 0, All),
    };

    /// <summary>Whether it is one bit.</summary>
    public static bool IsBit(int mask) => mask is > 0 and <= All && (mask & (mask - 1)) == 0;

    /// <summary>What all have in common, or null.</summary>
    public static int? Same(int[] values) => values.All(value => value == values[0]) ? values[0] : null;

    /// <summary>
    /// The field as a matrix of bits over GF(2), as <c>gf2p8affineqb</c> takes it: the row that makes bit i is byte 7 - i, so that bit i of a result is the parity of the
    /// byte and that row.
    /// </summary>
    public byte[] Matrix => [.. Enumerable.Range(0, 8).Select(row => (Mask >> (7 - row) & 1) == 0 ? (byte)0 : (byte)(1 << (7 - row + Shift)))];

    /// <summary>The matrix of a value that has one bit, wherever a byte has a bit: of one bit at most, so that their parity is whether there is one.</summary>
    public static byte[] MatrixOfAny(int value) => [.. Enumerable.Range(0, 8).Select(row => (value >> (7 - row) & 1) == 0 ? (byte)0 : (byte)All)];

    private BitField Masked(int bits) => this with { Mask = Mask & bits };

    private BitField Shifted(int count) => this with { Shift = Shift + count, Mask = count < 0 ? (Mask << -count) & All : Mask >> count };

    private BitField Bit(int mask, int value) => this with { Shift = Shift + Log2(mask) - Log2(value), Mask = (Mask & mask) == 0 ? 0 : value };

    private static int Log2(int bit) => Enumerable.Range(0, 8).Single(i => 1 << i == bit);
}
