using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>What a warp has of a <see cref="MultiplyWarpgroup"/>: its sixteen rows by all columns.</summary>
internal sealed class MultiplyWarpgroupStep(Accessor who, SourceLocation location, MatrixElement element, LocalMemory buffer, ScalarCode a, ScalarCode b, int[] sums)
    : WarpStep(who, location)
{
    private const int RowsOfWarp = 16;
    private const int Words = 8;
    private const int RowWords = 32;

    public override string Name => "product of a warpgroup";

    public override void Exchange(WorkItem[] items, int first, int count)
    {
        (int left, int right) = (Same(a, items, first, count), Same(b, items, first, count));
        var read = new List<int>();
        Who.WorkItem = first;
        double[][] rows = Elements(left, RowsOfWarp * (first / Warp.Size % WarpgroupShape.Warps), RowsOfWarp, read), columns = Elements(right, 0, 2 * sums.Length, read);
        for (int lane = 0; lane < count; lane++)
        {
            WorkItem item = items[first + lane];
            Who.WorkItem = first + lane;
            item.Products.Start(sums, ((long)Location.Line << 40) ^ ((long)left << 20) ^ right, Who, lane > 0 ? () => { } : () => read.ForEach(buffer.EndProduct));
            var products = new double[2 * Words];
            for (int i = 0; i < sums.Length; i++)
            {
                double[] row = rows[(lane / 4) + (8 * (i / 2 % 2))], column = columns[(8 * (i / 4)) + (2 * (lane % 4)) + (i % 2)];
                for (int k = 0; k < products.Length; k++)
                    products[k] = row[k] * column[k];
                item.Scalars[sums[i]] = Number.Of(MatrixSum.Of(item.Scalars[sums[i]].F32, products));
            }
        }
    }

    private int Same(ScalarCode value, WorkItem[] items, int first, int count)
    {
        Number[] given = Given(value, items, first, count);
        return Array.TrueForAll(given, each => each.Bits == given[0].Bits)
            ? given[0].I32
            : throw Who.Fault(FaultKind.BarrierDivergence, "work-items of a warp multiply different matrices");
    }

    // Sixteen elements of some rows of a matrix.
    private double[][] Elements(int start, int firstRow, int count, List<int> read)
    {
        int word = start % RowWords;
        if (start < 0 || word % Words != 0 || start / RowWords % 8 != 0)
            throw Who.Fault(FaultKind.OutOfBounds, $"a matrix begins at {IrText.Int(start)}, which is not where eight rows of {IrText.Int(RowWords)} words begin, or a quarter of a row on");
        return [.. Enumerable.Range(firstRow, count).Select(row =>
        {
            var elements = new double[2 * Words];
            for (int i = 0; i < Words; i++)
            {
                int place = ((word + i) / 4) ^ (row % 8), at = start - word + (row * RowWords) + (4 * place) + (i % 4), bits = buffer.StartProduct(at).Bits;
                (elements[2 * i], elements[(2 * i) + 1]) = (WordMath.Half(bits, 0, element), WordMath.Half(bits, 1, element));
                read.Add(at);
            }

            return elements;
        })];
    }
}

/// <summary>What the work-items of a warp do with their products where they meet.</summary>
internal sealed class ProductsStep(Accessor who, SourceLocation location, string name, Action<ProductQueue> action) : WarpStep(who, location)
{
    public override string Name => name;

    public override void Exchange(WorkItem[] items, int first, int count)
    {
        Enter();
        for (int lane = 0; lane < count; lane++)
        {
            Who.WorkItem = first + lane;
            action(items[first + lane].Products);
        }
    }
}
