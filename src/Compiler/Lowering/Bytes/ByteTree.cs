using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// What becomes of the bytes of quantized data on the way to codes, for four elements of each of sixteen rows at once: a lane is one byte, the fours of a row lie
/// together, and what differs from lane to lane is constant. Arithmetic is modulo 256.
/// </summary>
public abstract record ByteTree
{
    /// <summary>Elements, and lanes of a byte vector.</summary>
    public const int Lanes = 4 * Lowering.Lanes.Count;

    /// <summary>Lanes whose bytes lie within as many bytes.</summary>
    public const int Window = 16;

    /// <summary>Where its reads begin.</summary>
    public IEnumerable<int> Reads => this switch
    {
        ReadBytes bytes => [bytes.First],
        ByteTest test => test.Operand.Reads,
        ByteLookup lookup => lookup.Index.Reads,
        ByteOp op => op.A.Reads.Concat(op.B.Reads),
        _ => [],
    };

    /// <summary>The integer in a lane, 0 to 255 or -128 to 127 as the operations give it.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="read">Reads the byte at an offset.</param>
    public int At(int lane, Func<int, bool, int> read) => this switch
    {
        ReadBytes bytes => read(bytes.Offsets[lane], bytes.IsSigned),
        ConstantBytes constant => constant.Values[lane],
        ByteTest test => (test.Operand.At(lane, read) & test.Masks[lane]) != 0 ? test.Values[lane] : 0,
        ByteLookup { IsSigned: true } lookup => lookup.Table[lookup.Index.At(lane, read)],
        ByteLookup lookup => (byte)lookup.Table[lookup.Index.At(lane, read)],
        ByteOp op => ScalarMath.Evaluate(op.Code, null, Number.Of(op.A.At(lane, read)), Number.Of(op.B.At(lane, read))).I32,
        _ => throw new IrException($"no bytes of this form: {this}"),
    };
}

/// <summary>
/// Lane l is the byte at Offsets[l] from a common start. The lanes' bytes lie in <see cref="ByteTree.Lanes"/> bytes from <paramref name="First"/> on, all of them
/// readable, each in the same <see cref="ByteTree.Window"/> as its lane.
/// </summary>
public sealed record ReadBytes(int[] Offsets, int First, bool IsSigned) : ByteTree
{
    /// <summary>Whether the bytes lie one after the other.</summary>
    public bool IsRun => Offsets.Select((offset, lane) => offset == First + lane).All(same => same);
}

/// <summary>The same in every evaluation.</summary>
public sealed record ConstantBytes(int[] Values) : ByteTree;

/// <summary>Add, Sub, And, Or, Xor, or Shl and Shr by a constant (zeros are shifted in).</summary>
public sealed record ByteOp(OpCode Code, ByteTree A, ByteTree B) : ByteTree;

/// <summary>Values[l] where any of the bits Masks[l] is set, else 0.</summary>
public sealed record ByteTest(ByteTree Operand, int[] Masks, int[] Values) : ByteTree;

/// <summary>An entry of a table by the four lower bits.</summary>
public sealed record ByteLookup(LookupTable Table, ByteTree Index, bool IsSigned = true) : ByteTree
{
    /// <summary>A number more in each entry, none of which has a sign then.</summary>
    public ByteLookup Lifted(int by) =>
        new(LookupTable.Of([.. Enumerable.Range(0, LookupTable.Count).Select(i => unchecked((sbyte)(Table[i] + by)))]), Index, IsSigned: false);
}
