using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>What <see cref="LoadMatrices"/> gives each lane.</summary>
internal sealed class LoadMatricesStep(Accessor who, SourceLocation location, LocalMemory buffer, ScalarCode row, int[] slots, bool isTransposed) : WarpStep(who, location)
{
    private const int Side = 8;
    private const int Words = 4;

    public override string Name => "load of matrices";

    public override void Exchange(WorkItem[] items, int first, int count)
    {
        Number[] starts = Given(row, items, first, count);
        for (int n = 0; n < slots.Length; n++)
        {
            var words = new int[Side, Words];
            for (int r = 0; r < Side; r++)
            {
                int lane = (Side * n) + r, start = starts[lane].I32;
                Who.WorkItem = first + lane;
                if (start % Words != 0)
                    throw Who.Fault(FaultKind.OutOfBounds, $"a row of a matrix begins at {IrText.Int(start)}, which is no multiple of four words");
                for (int word = 0; word < Words; word++)
                    words[r, word] = buffer.Read(start + word).Bits;
            }

            int Half(int r, int column) => (words[r, column / 2] >> (16 * (column % 2))) & 0xFFFF;
            for (int lane = 0; lane < count; lane++)
            {
                int r = lane / Words, t = lane % Words;
                items[first + lane].Scalars[slots[n]] = Number.Of(isTransposed ? Half(2 * t, r) | (Half((2 * t) + 1, r) << 16) : words[r, t]);
            }
        }
    }
}

/// <summary>What <see cref="MultiplyMatrices"/> adds.</summary>
internal sealed class MultiplyMatricesStep(Accessor who, SourceLocation location, MatrixElement element, ScalarCode[] a, ScalarCode[] b, int[] sums) : WarpStep(who, location)
{
    private const int Rows = 16;
    private const int Columns = 8;

    public override string Name => "product of matrices";

    public override void Exchange(WorkItem[] items, int first, int count)
    {
        int words = 4 * b.Length;
        var left = new int[Rows, words];
        var right = new int[words, Columns];
        for (int i = 0; i < a.Length; i++)
        {
            Number[] given = Given(a[i], items, first, count);
            for (int lane = 0; lane < count; lane++)
                left[(lane / 4) + (8 * (i % 2)), (lane % 4) + (4 * (i / 2))] = given[lane].Bits;
        }

        for (int i = 0; i < b.Length; i++)
        {
            Number[] given = Given(b[i], items, first, count);
            for (int lane = 0; lane < count; lane++)
                right[(lane % 4) + (4 * i), lane / 4] = given[lane].Bits;
        }

        for (int lane = 0; lane < count; lane++)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                int row = (lane / 4) + (8 * (i / 2)), column = (2 * (lane % 4)) + (i % 2);
                Number[] scalars = items[first + lane].Scalars;
                IEnumerable<(int A, int B)> pairs = Enumerable.Range(0, words).Select(word => (left[row, word], right[word, column]));
                scalars[sums[i]] = element == MatrixElement.Bytes ? Number.Of(Bytes(scalars[sums[i]].I32, pairs)) : Number.Of(Halves(scalars[sums[i]].F32, pairs));
            }
        }
    }

    private static int Bytes(int sum, IEnumerable<(int A, int B)> pairs)
    {
        foreach ((int x, int y) in pairs)
        {
            for (int t = 0; t < 4; t++)
                sum = unchecked(sum + ((sbyte)(x >> (8 * t)) * (byte)(y >> (8 * t))));
        }

        return sum;
    }

    private float Halves(float start, IEnumerable<(int A, int B)> pairs)
    {
        var products = new List<double>();
        foreach ((int x, int y) in pairs)
        {
            for (int t = 0; t < 2; t++)
                products.Add((double)WordMath.Half(x, t, element) * WordMath.Half(y, t, element));
        }

        return MatrixSum.Of(start, [.. products]);
    }
}
