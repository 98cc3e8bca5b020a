using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Targets;

/// <content>Products along the depth with a column a lane: b is turned, and nothing is left to combine.</content>
public static partial class ContractionTarget
{
    // Where products along the depth have so many rows and are so deep, turning 16 rows of b costs less than combining the lanes of every sum.
    private const int LeastTurnedRows = 8, GreatestTurnedDepth = 256;

    private static string[] TurnWhereItPays(IEnumerable<int> columns) => !columns.Any() ? [] :
    [
        "int done = 0;",
        $"if (rows >= {LeastTurnedRows} && depth <= {GreatestTurnedDepth})",
        "{",
        .. columns.Distinct().SelectMany(count => new[]
        {
            $"    for (; done + {count} <= columns; done += {count})",
            $"        ByTurnedDepth{count}(a, strideA, b + (done * strideB), strideB, c + done, strideC, rows, {count}, depth, accumulates);",
        }),
        "}",
        "",
    ];

    private static string[] TurnedMemory(int vectors) =>
    [
        $"byte* memory = stackalloc byte[{(GreatestTurnedDepth * vectors * Lanes.Count * sizeof(float)) + Prefetch.Line}];",
        $"float* turned = (float*)(((nint)memory + {Prefetch.Line - 1}) & -{Prefetch.Line});",
    ];

    /// <summary>The product along the depth of some vectors of columns, a column a lane.</summary>
    private static IReadOnlyList<Stmt> ByTurnedDepth(IGrouping<int, (int Rows, int Vectors)> blocks)
    {
        Expr columns = Int(blocks.Key * Lanes.Count);
        return
        [
            new TransposeMatrix(new BufferMatrix(B, StrideB), new BufferMatrix(Turned, columns), columns, Depth),
            .. RowBlocks([.. blocks.Select(b => b.Rows)], Int(0), Rows, rows => TurnedBlock(rows, blocks.Key)),
        ];
    }

    // Partial sums l and l + 8 are added first, then what is four, two and one apart: as lanes are combined, and so that few of them wait for others.
    private static List<Stmt> TurnedBlock((Var First, int Count) rows, int vectors)
    {
        var body = new List<Stmt>();
        (int Row, int Vector)[] cells = [.. from r in Enumerable.Range(0, rows.Count) from v in Enumerable.Range(0, vectors) select (r, v)];
        for (int r = 0; r < rows.Count; r++)
        {
            body.Add(new Let(Scalar($"a{r}"), Mul(Add(rows.First, Int(r)), StrideA)));
            body.Add(new Let(Scalar($"c{r}"), Mul(Add(rows.First, Int(r)), StrideC)));
        }

        Combine(0, Lanes.Count);
        foreach ((int row, int vector) in cells)
            StoreOnto(body, $"before{row}_{vector}", Add(Scalar($"c{row}"), Int(vector * Lanes.Count)), Sum(row, vector, 0));
        return body;

        static Var Sum(int row, int vector, int partial) => new($"sum{row}_{vector}_{partial}", DType.F32, true);

        // Every partial sum first + i (16 / count) onto the first of them.
        void Combine(int first, int count)
        {
            if (count == 1)
            {
                Multiply(first);
                return;
            }

            int other = first + (Lanes.Count / count);
            Combine(first, count / 2);
            Combine(other, count / 2);
            foreach ((int row, int vector) in cells)
                body.Add(new Assign(Sum(row, vector, first), new Apply(OpCode.Add, DType.F32, true, new[] { Sum(row, vector, first), Sum(row, vector, other) })));
        }

        void Multiply(int partial)
        {
            Var k = Scalar("k"), line = Scalar("line");
            body.AddRange(cells.Select(c => new Let(Sum(c.Row, c.Vector, partial), Zeros, true)));
            var loop = new List<Stmt> { new Let(line, Mul(k, Int(vectors * Lanes.Count))) };
            for (int v = 0; v < vectors; v++)
                loop.Add(new Let(new Var($"b{v}", DType.F32, true), new LoadLocal(Turned, Add(line, Int(v * Lanes.Count)), true)));
            for (int r = 0; r < rows.Count; r++)
            {
                var x = new Var($"x{r}", DType.F32, true);
                loop.Add(new Let(x, new Broadcast(new LoadLocal(A, Add(Scalar($"a{r}"), k), false))));
                for (int v = 0; v < vectors; v++)
                    loop.Add(MultiplyAdd(Sum(r, v, partial), x, new Var($"b{v}", DType.F32, true)));
            }

            body.Add(new For(k, Int(partial), Depth, Int(Lanes.Count), loop));
        }
    }
}
