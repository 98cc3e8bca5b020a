using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of the embedding table.</content>
public static partial class Embedding
{
    /// <summary>
    /// The gradient of <see cref="EmbeddingLookup"/> by its table, added to what is there: dtable[v] += scale * sum of dy[t] over the
    /// positions t of token v, in increasing order of t. A program owns the row of one token, so nothing is added by two programs. Rows no
    /// token names stay as they are. NaN in dy reaches the row of its token only.
    /// </summary>
    /// <param name="rows">The distinct tokens, [distinct]: <see cref="EmbeddingGradientPlan.Rows"/>.</param>
    /// <param name="first">Where the positions of each begin, [distinct + 1]: <see cref="EmbeddingGradientPlan.First"/>.</param>
    /// <param name="order">Positions sorted by token, [tokens]: <see cref="EmbeddingGradientPlan.Order"/>.</param>
    /// <param name="dy">Gradient of the output, [tokens, cols].</param>
    /// <param name="dtable">Gradient of the table, [vocabulary, cols].</param>
    /// <param name="scale">The scale of the look-up.</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 33)]
    [Axis("distinct", 1, 5, 11)]
    [Axis("vocabulary", 37)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Inputs(nameof(EmbeddingBackwardInputs))]
    [Reference(nameof(EmbeddingBackwardReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void EmbeddingBackward(
        [Shape("distinct")] View1<int> rows,
        [Shape(12)] View1<int> first,
        [Shape("tokens")] View1<int> order,
        [Shape("tokens", "cols")] View2<float> dy,
        [Shape("vocabulary", "cols")] [Accumulated] View2<float> dtable,
        [Value(1.5f)] float scale,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 1024)] int block)
    {
        int row = ProgramId(1, rows.Extent0);
        var cols = ProgramRange(0, dtable.Extent1, block);
        var sum = Zeros(cols);
        for (int i = first.LoadInt(row); i < first.LoadInt(row + 1); i++)
            sum += dy.Load(order.LoadInt(i), cols);
        int token = rows.LoadInt(row);
        dtable.Store(token, cols, dtable.Load(token, cols) + (sum * scale));
    }

    // Some plan: every third row of the table, and the positions, turned round, in as equal shares as there are.
    private static void EmbeddingBackwardInputs(KernelCase c)
    {
        double[] rows = c.Values("rows"), first = c.Values("first"), order = c.Values("order");
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (3 * i) + 1;
        for (int i = 0; i < first.Length; i++)
            first[i] = Math.Min(i, rows.Length) * order.Length / rows.Length;
        for (int i = 0; i < order.Length; i++)
            order[i] = order.Length - 1 - i;
    }

    private static void EmbeddingBackwardReference(KernelCase c)
    {
        double[] rows = c.Values("rows"), first = c.Values("first"), order = c.Values("order"), dy = c.Values("dy");
        double[] table = c.Output("dtable"), magnitude = c.Magnitude("dtable");
        int cols = c.Extent("dy", 1);
        for (int r = 0; r < rows.Length; r++)
        {
            for (int i = (int)first[r]; i < first[r + 1]; i++)
            {
                for (int col = 0; col < cols; col++)
                {
                    int at = ((int)rows[r] * cols) + col;
                    double term = c.Scalar("scale") * dy[((int)order[i] * cols) + col];
                    table[at] += term;
                    magnitude[at] = Math.Sqrt((magnitude[at] * magnitude[at]) + (term * term));
                }
            }
        }
    }
}
