using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>What products on instructions for matrices have in common: the fragments of a warp, and where their sums go.</content>
internal sealed partial class ThreadNests
{
    // Rows of the left operand, and columns of two instructions side by side, whose words are loaded at once.
    private const int MatrixRows = 16;
    private const int PairColumns = 16;

    // Words along the reduced axis of the larger products; of bytes there are some of half as many.
    private const int WordsOfProduct = 8;

    /// <summary>A work-item's place among the sums of its warp: row group and two columns from twice the lane on; the warp's first column.</summary>
    private record SumPlace(Expr Group, Expr Lane, Expr First);

    /// <summary>And what it loads of operands.</summary>
    private sealed record WarpPlace(SumPlace Sums, Expr RowOfLoad, Expr WordOfLoad, Expr ColumnOfLoad, Expr WordOfColumn, Expr ColumnOfShortLoad) : SumPlace(Sums);

    /// <summary>
    /// Runs a body for the columns of the result, some pairs a warp at a time, and stores the sums it gives: one for every sixteen rows, two for a pair of columns, four elements.
    /// </summary>
    private void EachPair(ContractRoot root, int columns, int pairs, List<Stmt> into, Func<List<Stmt>, WarpPlace, Var[][][]> body)
    {
        var statements = new List<Stmt>();
        Var first = state.NewVar("left", DType.I32, false, PairColumns);
        WarpPlace place = PlaceOf(first, statements);
        var inner = new List<Stmt>();
        Var[][][] sums = body(inner, place);
        StoreSums(root, Zero, place, sums, inner);
        Expr from = Mul(WarpOfGroup, Int(pairs * PairColumns));
        if (columns == Warps * pairs * PairColumns)
        {
            statements.Add(new Let(first, from));
            statements.AddRange(inner);
        }
        else
        {
            statements.Add(new For(first, from, Int(columns), Int(Warps * pairs * PairColumns), inner) { Location = root.Location });
        }

        Append(into, [.. statements]);
    }

    private WarpPlace PlaceOf(Var first, List<Stmt> statements)
    {
        Expr lane = Bound(statements, "lane", LaneOfWarp);
        Expr row = Bits(statements, "rowOfLoad", lane, 0, 15), upper = Bits(statements, "upper", lane, 4, 1), middle = Bits(statements, "middle", lane, 3, 1), low = Bits(statements, "low", lane, 0, 7);
        return new WarpPlace(
            SumsOf(lane, first, statements), row, Bound(statements, "wordOfLoad", Mul(upper, Int(4))), Bound(statements, "columnOfLoad", Add(low, Mul(upper, Int(8)))),
            Bound(statements, "wordOfColumn", Mul(middle, Int(4))), Bound(statements, "columnOfShortLoad", Add(low, Mul(middle, Int(8)))));
    }

    private SumPlace SumsOf(Expr lane, Expr first, List<Stmt> into) => new(Bits(into, "rowOfSum", lane, 2, 7), Bits(into, "pair", lane, 0, 3), first);

    private Expr Bits(List<Stmt> into, string name, Expr value, int shift, int mask) => Bound(into, name, And(shift == 0 ? value : Make(OpCode.Shr, value, Int(shift)), Int(mask)));

    // The sums of sixteen rows after sixteen from the top on, for some pairs of columns; all of them where there is a place for each, even if no row or column belongs to it.
    private void StoreSums(ContractRoot root, Expr top, SumPlace place, Var[][][] sums, List<Stmt> into, bool isWhole = false)
    {
        var emitter = new ElementEmitter(state, into);
        for (int m = 0; m < sums.Length; m++)
        {
            for (int half = 0; half < 2; half++)
            {
                Expr at = emitter.Bind(Add(Add(top, place.Group), Int((MatrixRows * m) + (8 * half))), "row", emitter.Depth);
                Where(emitter, isWhole ? null : Less(at, root.M), () => StoreSums(root, at, place, [.. sums[m].SelectMany(pair => pair.Skip(2 * half).Take(2))], emitter, isWhole));
            }
        }
    }

    private void StoreSums(ContractRoot root, Expr row, SumPlace place, Var[] sums, ElementEmitter emitter, bool isWhole)
    {
        Expr column = emitter.Bind(Add(place.First, Mul(place.Lane, Int(2))), "column", emitter.Depth);
        for (int i = 0; i < sums.Length; i++)
        {
            int offset = (8 * (i / 2)) + (i % 2);
            Var sum = sums[i];
            Where(emitter, isWhole ? null : Less(Add(column, Int(offset)), root.N), () =>
            {
                AxisIndex[] at = [new AxisIndex(new Cell(row), emitter.Depth), new AxisIndex(new Cell(column, false, offset, 2), emitter.Depth)];
                StoreTile(root.Target!, at, WithAccumulator(root, emitter, at, sum), emitter);
            });
        }
    }

    /// <summary>The words of sixteen rows of a buffer, four or eight from one on, as A has them.</summary>
    private Expr[] Rows(LocalBuffer buffer, Expr stride, int block, Expr word, int words, WarpPlace warp, List<Stmt> into) =>
        Loaded(buffer, Add(Add(Mul(Add(warp.RowOfLoad, Int(MatrixRows * block)), stride), word), words == WordsOfProduct ? warp.WordOfLoad : Zero), words / 2, into);

    /// <summary>The words of the warp's sixteen columns, which are rows of a buffer, four or eight from one on, as B of two products has them.</summary>
    private Expr[] Columns(LocalBuffer buffer, Expr stride, Expr word, int words, WarpPlace warp, List<Stmt> into) => words == WordsOfProduct
        ? Loaded(buffer, Add(Add(Mul(Add(warp.First, warp.ColumnOfLoad), stride), word), warp.WordOfColumn), 4, into)
        : Loaded(buffer, Add(Mul(Add(warp.First, warp.ColumnOfShortLoad), stride), word), 2, into);

    private Expr[] Loaded(LocalBuffer buffer, Expr row, int count, List<Stmt> into, bool isTransposed = false)
    {
        Var[] words = [.. Enumerable.Range(0, count).Select(_ => state.NewVar("word", DType.I32))];
        into.Add(new LoadMatrices(words, buffer, row, isTransposed) { Location = state.Location });
        return words;
    }

    // The columns' words are those of the first product, then of the second.
    private void Multiply(MatrixElement element, Var[][] sums, Expr[] rows, Expr[] columns, List<Stmt> into)
    {
        for (int n = 0; n < sums.Length; n++)
        {
            Expr[] own = [.. columns.Skip(n * columns.Length / 2).Take(columns.Length / 2)];
            into.Add(new MultiplyMatrices(element, sums[n], rows, own) { Location = state.Location });
        }
    }
}
