using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

// Instructions of GPUs, in the thread form only. Each says exactly what it gives: the interpreter runs that, and targets write their instruction for it.

/// <summary>
/// The dot of four bytes: Accumulator + the sum over t &lt; 4 of byte t of Codes, which has no sign, times signed byte t of Other, from the least. Modulo 2^32.
/// </summary>
public sealed record DotFour(Expr Codes, Expr Other, Expr Accumulator) : Expr(DType.I32);

/// <summary>
/// Four of eight bytes: byte i of the result is the one that nibble i of Selector names, 0 to 3 from Low and 4 to 7 from High; with bit 3 of the nibble set, eight times that
/// byte's uppermost bit.
/// </summary>
public sealed record PermuteBytes(Expr Low, Expr High, Expr Selector) : Expr(DType.I32);

/// <summary>Two floats rounded to nearest even, to halves or bfloat16, the first in the lower bits.</summary>
public sealed record PackPair(Expr Low, Expr High, RawType Raw) : Expr(DType.I32);

/// <summary>Whether elements of a view begin at a multiple of so many bytes wherever the last index is 0: its first does, and its strides are multiples.</summary>
public sealed record IsAligned(string View, int Bytes) : Expr(DType.Bool);

/// <summary>What elements of a matrix instruction are.</summary>
public enum MatrixElement
{
    /// <summary>Bytes: signed ones of A, unsigned ones of B. Sums are of 32 bits, exact.</summary>
    Bytes,

    /// <summary>Halves. Products are exact, sums are floats.</summary>
    Half,

    /// <summary>As <see cref="Half"/>, of bfloat16.</summary>
    BFloat16,
}

/// <summary>
/// Declares words (i32) of matrices of 8 rows of 16 bytes, two or four of them: the n-th variable of lane l gets word l % 4 of row l / 4 of matrix n. Row is where a row
/// begins in a buffer of words, at a multiple of four: in lane 8n + r, for r below 8, row r of matrix n; in lanes beyond these it is of no account. Where transposed, the matrices are of 8 by 8
/// halves, and lane l gets the halves in rows 2 (l % 4) and 2 (l % 4) + 1 of column l / 4. All work-items of a warp meet here.
/// </summary>
public sealed record LoadMatrices(Var[] Vars, LocalBuffer Buffer, Expr Row, bool IsTransposed = false) : Stmt;

/// <summary>
/// Sums += A B of a warp: 16 rows of A and 8 columns of B, of 4 or 8 words along the reduced axis (one variable of B for every four). Lane 4g + t holds of A words t of rows g and
/// g + 8 and then, of eight, words t + 4 of both; of B words t and t + 4 of column g; of the sums, four mutable variables, elements 2t and 2t + 1 of rows g and g + 8. Float sums are
/// of an order and rounding of the target's own. All work-items of a warp meet here.
/// </summary>
public sealed record MultiplyMatrices(MatrixElement Element, Var[] Sums, Exprs A, Exprs B) : Stmt;

/// <summary>
/// Copies 16 bytes of a view, 8 elements of 16 bits, into four words of a buffer, by when <see cref="WaitCopies"/> says, and seen by others after a barrier: the first Count elements, and
/// zeros for the rest; with a Count of 0 nothing is read. Both begin at a multiple of 16 bytes.
/// </summary>
public sealed record CopyAsync(LocalBuffer Target, Expr Index, string View, Exprs Indices, Expr Count) : Stmt;

/// <summary>Makes a group of the work-item's copies since the last one.</summary>
public sealed record CommitCopies : Stmt;

/// <summary>Waits for the work-item's groups of copies but the latest few.</summary>
public sealed record WaitCopies(int Remaining) : Stmt;

/// <summary>
/// Sums += A B of a warpgroup, four warps from a multiple of four on: 64 rows of A, two columns of B for every sum of a work-item, and 16 elements of 16 bits along the reduced axis. A row of A, or
/// a column of B, is a row of 32 words in a buffer, its eight pieces of four permuted: piece p of row r lies in the place of piece p xor r % 8. A and B are the words where row 0's eight words
/// would begin without that: a multiple of eight rows, and 0, 8, 16 or 24. Warp w has rows 16w on, and each four of the sums, mutable variables, are those of eight columns as in
/// <see cref="MultiplyMatrices"/>. Begins no earlier than here and ends by when <see cref="WaitProducts"/> says; what it reads has been published (<see cref="PublishLocal"/>) before a barrier, and
/// nothing else touches the sums meanwhile, nor without an <see cref="OrderSums"/> before it. Products of the same sums follow each other. All work-items of the warpgroup do it, with the same operands.
/// </summary>
public sealed record MultiplyWarpgroup(MatrixElement Element, Var[] Sums, LocalBuffer Buffer, Expr A, Expr B) : Stmt;

/// <summary>Orders what the work-items of a warpgroup have done with sums before the products that follow.</summary>
public sealed record OrderSums : Stmt;

/// <summary>Makes a group of the warpgroup's products since the last one.</summary>
public sealed record CommitProducts : Stmt;

/// <summary>Waits for the warpgroup's groups of products but the latest few.</summary>
public sealed record WaitProducts(int Remaining) : Stmt;

/// <summary>Lets products of warpgroups that begin after the next barrier see what the work-item has written to local memory, and the copies that it has waited for.</summary>
public sealed record PublishLocal : Stmt;
