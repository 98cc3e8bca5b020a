using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// How a stage of a product's operands lies in local memory: so many elements of 16 bits a row, in pieces of 16 bytes, which are permuted within a row by a few bits of its number, from one on. Pieces
/// that are read, or written, at once lie in all banks so.
/// </summary>
internal sealed record StageLayout(int Depth, int RowShift)
{
    /// <summary>Elements, and words, of a piece: what is copied at once.</summary>
    public const int Piece = 8;

    /// <inheritdoc cref="Piece"/>
    public const int WordsOfPiece = Piece / 2;

    /// <summary>What warps load matrices from: rows of 64 bytes, two of which have all banks, so that eight rows at one place are read at once.</summary>
    public static StageLayout Warps { get; } = new(32, 1);

    /// <summary>What warpgroups multiply from: rows of 128 bytes, eight of which take turns (<see cref="MultiplyWarpgroup"/>).</summary>
    public static StageLayout Warpgroups { get; } = new(64, 0);

    /// <summary>Words of a row.</summary>
    public int Words => Depth / 2;

    /// <summary>Pieces of a row.</summary>
    public int Pieces => Depth / Piece;

    /// <summary>Where a word of a row lies in it.</summary>
    public Expr Swizzled(Expr word, Expr row) =>
        Make(OpCode.Xor, word, Mul(And(RowShift == 0 ? row : Make(OpCode.Shr, row, Int(RowShift)), Int(Pieces - 1)), Int(WordsOfPiece)));
}
