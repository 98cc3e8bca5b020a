using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Tests.SampleKernels;

namespace KernelFoundry.Compiler.Tests.Interpreter;

public class TileInterpreterTests
{
    private static readonly Dictionary<string, Number> NoArguments = [];

    [Fact]
    public void RmsNorm_normalises_each_row()
    {
        const int rows = 3, cols = 37;
        float[] x = [.. Enumerable.Range(0, rows * cols).Select(i => MathF.Sin(i))], weight = [.. Enumerable.Range(0, cols).Select(i => 1 + (i / 64f))];
        var memory = new InterpreterMemory(Memories.Floats("x", [rows, cols], x), Memories.Floats("weight", [cols], weight), Memories.Output("y", rows, cols));
        Kernel kernel = RmsNorm();
        Assert.Equal([rows, 1, 1], TileInterpreter.Grid(kernel, memory));
        TileInterpreter.Run(kernel, memory, new Dictionary<string, Number> { ["epsilon"] = Number.Of(1e-5f) });
        float[] y = memory.Floats("y");
        for (int row = 0; row < rows; row++)
        {
            double squares = 0;
            for (int c = 0; c < cols; c++)
                squares += (double)x[(row * cols) + c] * x[(row * cols) + c];
            for (int c = 0; c < cols; c++)
                Assert.Equal(x[(row * cols) + c] / Math.Sqrt((squares / cols) + 1e-5) * weight[c], y[(row * cols) + c], 1e-6);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void Loops_masks_and_branches(int cols)
    {
        float[] x = [.. Enumerable.Range(1, 3 * cols).Select(i => (float)i)];
        var memory = new InterpreterMemory(Memories.Floats("x", [3, cols], x), Memories.Output("y", 3));
        TileInterpreter.Run(BlockedSum(), memory, new Dictionary<string, Number> { ["limit"] = Number.Of(2) });
        float Sum(int row) => x.Skip(row * cols).Take(cols).Sum();
        Assert.Equal([Sum(0), Sum(1), -Sum(2)], memory.Floats("y"));
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1f, 1)]
    [InlineData(100f, 7)]
    public void While_runs_until_its_condition_is_false(float x, int halvings)
    {
        var memory = new InterpreterMemory(Memories.Floats("x", [1], x), Memories.Ints("y", [1]));
        TileInterpreter.Run(Halvings(), memory);
        Assert.Equal([halvings], memory.Ints("y"));
    }

    [Fact]
    public void A_loop_to_the_largest_integer_ends()
    {
        Kernel kernel = Build("Largest", [View("y", 1, Element.I32)], b =>
        {
            Value[] arguments = [new(ValueTypes.I32, "i"), new(ValueTypes.I32, "rounds")];
            Block loop = b.Enter(true, arguments);
            b.Leave(OpCode.Yield, b.Emit(OpCode.Add, null, arguments[1], b.Constant(1)));
            Value rounds = b.Control(OpCode.For, [b.Constant(int.MaxValue - 5), b.Constant(int.MaxValue), b.Constant(4), b.Constant(0)], [loop], ValueTypes.I32)[0];
            b.Store("y", rounds, b.Constant(0));
        });
        var memory = new InterpreterMemory(Memories.Ints("y", [1]));
        TileInterpreter.Run(kernel, memory, stepLimit: 1000);
        Assert.Equal([2], memory.Ints("y"));
    }

    // Sixteen stripes of increasing index, then pairs at distances 8, 4, 2, 1: floats chosen so that any other order gives other bits.
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Sums_have_the_contracted_order(int n)
    {
        float[] x = Irregular(n);
        var partials = new float[16];
        for (int i = 0; i < n; i++)
            partials[i % 16] += x[i];
        Assert.Equal(Tree(partials), Run(n, x, b => b.Sum(b.Load("x", b.Range(0, b.Extent("x", 0)))))[0]);
    }

    [Fact]
    public void Reductions_of_two_axes_have_the_contracted_order()
    {
        const int rows = 5, cols = 21;
        float[] x = Irregular(rows * cols);
        float[] whole = Over(-1), overColumns = Over(1), overRows = Over(0);

        var partials = new float[16];
        for (int i = 0; i < rows * cols; i++)
            partials[i % cols % 16] += x[i];
        Assert.Equal(Tree(partials), whole[0]);

        partials = new float[16];
        for (int i = 0; i < cols; i++)
            partials[i % 16] += x[(2 * cols) + i];
        Assert.Equal(Tree(partials), overColumns[2]);

        float column = 0;
        for (int row = 0; row < rows; row++)
            column += x[(row * cols) + 4];
        Assert.Equal(column, overRows[4]);

        float[] Over(int axis)
        {
            var memory = new InterpreterMemory(Memories.Floats("x", [rows, cols], x), Memories.Floats("y", [cols]));
            Kernel kernel = Build("Reduce", [View("x", 2), View("y", 1)], b =>
            {
                Value r = b.Range(0, b.Extent("x", 0)), c = b.Range(0, b.Extent("x", 1));
                Value sum = b.Sum(b.Load("x", b.Emit(OpCode.Expand, 1, r), b.Emit(OpCode.Expand, 0, c)), axis);
                b.Store("y", sum, axis < 0 ? b.Constant(0) : axis == 1 ? r : c);
            });
            IrVerifier.Verify(kernel);
            TileInterpreter.Run(kernel, memory);
            return memory.Floats("y");
        }
    }

    [Fact]
    public void Dot_is_striped_with_one_rounding_a_step()
    {
        for (int n = 1; n <= 60; n++)
        {
            float[] x = Irregular(n);
            var partials = new float[16];
            for (int i = 0; i < n; i++)
                partials[i % 16] = MathF.FusedMultiplyAdd(x[i], x[n - 1 - i], partials[i % 16]);
            float[] y = Run(n, x, b =>
            {
                Value i = b.Range(0, b.Extent("x", 0));
                Value reversed = b.Emit(OpCode.Sub, null, b.Emit(OpCode.Sub, null, b.Extent("x", 0), b.Constant(1)), i);
                return b.Emit(OpCode.Dot, null, b.Load("x", i), b.Load("x", reversed));
            });
            Assert.Equal(Tree(partials), y[0]);
        }
    }

    [Fact]
    public void Matrix_products_transpose_and_accumulate()
    {
        // a is [2, 3], b is a transposed, [3, 2]; acc is a's first two columns.
        float[] a = [1, 2, 3, 4, 5, 6];
        var memory = new InterpreterMemory(Memories.Floats("a", [2, 3], a), Memories.Output("y", 2, 2), Memories.Output("z", 2));
        Kernel kernel = Build("Gemm", [View("a", 2), View("y", 2), View("z", 1)], b =>
        {
            Value m = b.Range(0, b.Constant(2)), k = b.Range(0, b.Constant(3));
            Value column = b.Emit(OpCode.Expand, 1, m), row = b.Emit(OpCode.Expand, 0, m);
            Value tile = b.Load("a", column, b.Emit(OpCode.Expand, 0, k)), acc = b.Load("a", column, row);
            b.Store("y", b.Emit(OpCode.Dot, null, tile, b.Emit(OpCode.Transpose, null, tile), acc), column, row);
            b.Store("z", b.Emit(OpCode.Dot, null, tile, b.Emit(OpCode.Convert, DType.F32, k)), m);
        });
        IrVerifier.Verify(kernel);
        TileInterpreter.Run(kernel, memory);
        Assert.Equal([14f + 1, 32 + 2, 32 + 4, 77 + 5], memory.Floats("y"));
        Assert.Equal([8f, 17], memory.Floats("z"));
    }

    [Fact]
    public void Integer_dots_are_exact()
    {
        var codes = new InterpreterView("c", Element.I8, [0x80, 0x80, 0x7F, 0x01], 0, [4]);
        var memory = new InterpreterMemory(codes, Memories.Ints("y", [1]));
        Kernel kernel = Build("Dot8", [View("c", 1, Element.I8), View("y", 1, Element.I32)], b =>
        {
            Value c = b.Load(OpCode.Load, new MemoryAccess("c", Part: LoadPart.Code), DType.I8, b.Range(0, b.Constant(4)));
            b.Store("y", b.Emit(OpCode.Dot, null, c, c), b.Constant(0));
        });
        IrVerifier.Verify(kernel);
        TileInterpreter.Run(kernel, memory);
        Assert.Equal([(2 * 128 * 128) + (127 * 127) + 1], memory.Ints("y"));
    }

    [Theory]
    [InlineData(ReduceKind.Max, new[] { 1f, 5f, float.NaN, 5f, 2f }, 1)]
    [InlineData(ReduceKind.Max, new[] { float.NaN, float.NegativeInfinity, float.NegativeInfinity }, 1)]
    [InlineData(ReduceKind.Max, new[] { float.NaN, float.NaN }, 0)]
    [InlineData(ReduceKind.Min, new[] { float.NaN, 3f, -1f, -1f }, 2)]
    [InlineData(ReduceKind.Max, new float[0], 0)]
    public void ArgReduce_gives_the_lowest_index_and_no_NaN(ReduceKind kind, float[] x, int expected)
    {
        float[] y = Run(x.Length, x, b => b.Emit(OpCode.Convert, DType.F32, b.Emit(OpCode.ArgReduce, new Reduction(kind, -1), b.Load("x", b.Range(0, b.Extent("x", 0))))));
        Assert.Equal(expected, y[0]);
    }

    [Fact]
    public void A_NaN_loses_in_a_maximum_and_a_minimum()
    {
        float[] x = [float.NaN, 2, float.NaN, -3];
        Assert.Equal(2, Run(4, x, b => b.Reduce(ReduceKind.Max, b.Load("x", b.Range(0, b.Constant(4)))))[0]);
        Assert.Equal(-3, Run(4, x, b => b.Reduce(ReduceKind.Min, b.Load("x", b.Range(0, b.Constant(4)))))[0]);
        Assert.Equal(float.NegativeInfinity, Run(1, [float.NaN], b => b.Reduce(ReduceKind.Max, b.Load("x", b.Range(0, b.Constant(1)))))[0]);
    }

    [Fact]
    public void Scan_and_gather()
    {
        float[] x = [1, 2, 3, 4];
        Assert.Equal([1, 3, 6, 10], Run(4, x, b => b.Emit(OpCode.Scan, new Reduction(ReduceKind.Sum, -1), b.Load("x", b.Range(0, b.Extent("x", 0)))), tile: true));
        Assert.Equal([4, 3, 2, 1], Run(4, x, b =>
        {
            Value i = b.Range(0, b.Extent("x", 0));
            return b.Emit(OpCode.Gather, null, b.Load("x", i), b.Emit(OpCode.Sub, null, b.Constant(3), i));
        }, tile: true));
    }

    [Fact]
    public void Stored_integers_saturate()
    {
        var memory = new InterpreterMemory(
            Memories.Ints("x", [3], -1000, 77, 1000), new InterpreterView("s", Element.I8, new byte[3], 0, [3]), new InterpreterView("u", Element.U8, new byte[3], 0, [3]));
        Kernel kernel = Build("Narrow", [View("x", 1, Element.I32), View("s", 1, Element.I8), View("u", 1, Element.U8)], b =>
        {
            Value i = b.Range(0, b.Constant(3)), x = b.LoadInt("x", i);
            b.Store("s", x, i);
            b.Store("u", x, i);
        });
        TileInterpreter.Run(kernel, memory);
        Assert.Equal([0x80, 77, 0x7F], memory.Views["s"].Buffer);
        Assert.Equal([0, 77, 255], memory.Views["u"].Buffer);
    }

    [Fact]
    public void Views_with_an_offset_and_strides_are_read_in_place()
    {
        float[] x = [.. Enumerable.Range(0, 20).Select(i => (float)i)];
        InterpreterView whole = Memories.Floats("whole", [20], x);
        var memory = new InterpreterMemory(new InterpreterView("x", Element.F32, whole.Buffer, 8, [3, 2], [5]), Memories.Output("y", 3, 2));
        Kernel kernel = Build("Copy", [View("x", 2), View("y", 2)], b =>
        {
            Value row = b.Emit(OpCode.ProgramId, 0, b.Extent("x", 0)), column = b.Emit(OpCode.ProgramId, 1, b.Extent("x", 1));
            b.Store("y", b.Load("x", row, column), row, column);
        });
        TileInterpreter.Run(kernel, memory);
        Assert.Equal([2, 3, 7, 8, 12, 13], memory.Floats("y"));
        Assert.Throws<ArgumentException>(() => new InterpreterView("x", Element.F32, whole.Buffer, 8, [4, 2], [9]));
    }

    [Fact]
    public void Raw_reads_address_bytes_of_a_row()
    {
        Element q4 = Element.Quantized("Q4_0");
        byte[] blocks = [.. Enumerable.Range(0, 4 * 18).Select(i => (byte)i)];
        var memory = new InterpreterMemory(new InterpreterView("w", q4, blocks, 0, [2, 64], null, Q4()), Memories.Ints("y", [2]));
        Kernel kernel = Build("Bytes", [View("w", 2, q4), View("y", 1, Element.I32)], b =>
        {
            Value rows = b.Range(0, b.Constant(2));
            b.Store("y", b.Load(OpCode.RawLoad, new MemoryAccess("w", Raw: RawType.I32), DType.I32, rows, b.Constant(32)), rows);
        });
        IrVerifier.Verify(kernel);
        TileInterpreter.Run(kernel, memory);
        Assert.Equal([BitConverter.ToInt32(blocks, 32), BitConverter.ToInt32(blocks, 68)], memory.Ints("y"));

        Kernel outside = Build("Bytes", [View("w", 2, q4), View("y", 1, Element.I32)], b =>
            b.Store("y", b.Load(OpCode.RawLoad, new MemoryAccess("w", Raw: RawType.I32), DType.I32, b.Constant(0), b.Constant(33)), b.Constant(0)));
        Assert.Equal(FaultKind.OutOfBounds, Fault(outside, memory).Kind);
    }

    [Fact]
    public void Out_of_bounds_names_the_view_the_index_and_the_line()
    {
        var memory = new InterpreterMemory(Memories.Floats("x", [4], 1, 2, 3, 4), Memories.Output("y", 2));
        Kernel kernel = Build("Past", [View("x", 1), View("y", 1)], b =>
        {
            Value i = b.Emit(OpCode.ProgramId, 0, b.Extent("y", 0));
            b.Location = new SourceLocation("Past.cs", 12, 5);
            Value x = b.Load("x", b.Emit(OpCode.Add, null, i, b.Constant(3)));
            b.Store("y", x, i);
        });
        KernelFault fault = Fault(kernel, memory);
        Assert.Equal((FaultKind.OutOfBounds, "x", 4), (fault.Kind, fault.Memory, Assert.Single(fault.Index)));
        Assert.Equal(new SourceLocation("Past.cs", 12, 5), fault.Location);
        Assert.Equal(new ProgramPosition(1, 0, 0), fault.Program);
        Assert.StartsWith("Past.cs:12:5: OutOfBounds x[4]: axis 0 has extent 4", fault.ToString());
    }

    [Fact]
    public void What_a_mask_excludes_is_not_accessed()
    {
        Kernel kernel = Build("Masked", [View("x", 1), View("y", 1)], b =>
        {
            Value i = b.Range(0, b.Constant(8)), inside = b.Emit(OpCode.Lt, null, i, b.Extent("x", 0));
            Value x = b.Load(OpCode.Load, new MemoryAccess("x", Masked: true), DType.F32, i, inside, b.Constant(9f));
            b.Store(new MemoryAccess("y", Masked: true), i, x, b.Emit(OpCode.Lt, null, i, b.Extent("y", 0)));
        });
        var memory = new InterpreterMemory(Memories.Floats("x", [2], 1, 2), Memories.Output("y", 3));
        TileInterpreter.Run(kernel, memory);
        Assert.Equal([1f, 2, 9], memory.Floats("y"));
    }

    [Fact]
    public void Reading_an_output_before_writing_it_is_a_fault()
    {
        Kernel kernel = Build("Accumulate", [View("y", 1)], b =>
        {
            Value i = b.Range(0, b.Extent("y", 0));
            b.Store("y", b.Emit(OpCode.Add, null, b.Load("y", i), b.Constant(1f)), i);
        });
        Assert.Equal(FaultKind.Uninitialized, Fault(kernel, new InterpreterMemory(Memories.Output("y", 4))).Kind);
        var initialised = new InterpreterMemory(Memories.Floats("y", [4], 1, 2, 3, 4));
        TileInterpreter.Run(kernel, initialised);
        Assert.Equal([2f, 3, 4, 5], initialised.Floats("y"));
    }

    [Fact]
    public void Programs_that_write_one_element_race_unless_they_agree()
    {
        Kernel Write(bool same) => Build("Write", [View("y", 1)], b =>
        {
            Value p = b.Emit(OpCode.ProgramId, 0, b.Constant(3));
            b.Store("y", same ? b.Constant(5f) : b.Emit(OpCode.Convert, DType.F32, p), b.Constant(0));
        });
        KernelFault fault = Fault(Write(same: false), new InterpreterMemory(Memories.Output("y", 1)));
        Assert.Equal((FaultKind.Race, 1), (fault.Kind, fault.Program.Axis0));
        TileInterpreter.Run(Write(same: true), new InterpreterMemory(Memories.Output("y", 1)));
    }

    // Program p reads what program p - 1 or p + 1 writes: a race whichever of the two runs first here.
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Programs_that_read_what_another_writes_race(int neighbour)
    {
        Kernel kernel = Build("Shift", [View("y", 1)], b =>
        {
            Value p = b.Emit(OpCode.ProgramId, 0, b.Constant(3));
            Value other = b.Emit(OpCode.Min, null, b.Emit(OpCode.Max, null, b.Emit(OpCode.Add, null, p, b.Constant(neighbour)), b.Constant(0)), b.Constant(2));
            b.Store("y", b.Load("y", other), p);
        });
        Assert.Equal(FaultKind.Race, Fault(kernel, new InterpreterMemory(Memories.Floats("y", [3], 1, 2, 3))).Kind);
    }

    [Fact]
    public void Views_that_share_a_buffer_race_by_address()
    {
        InterpreterView x = Memories.Floats("x", [4], 1, 2, 3, 4);
        var y = new InterpreterView("y", Element.F32, x.Buffer, 4, [3]);
        Kernel kernel = Build("Alias", [View("x", 1), View("y", 1)], b =>
        {
            Value p = b.Emit(OpCode.ProgramId, 0, b.Constant(3));
            b.Store("y", b.Load("x", p), p);
        });
        Assert.Equal(FaultKind.Race, Fault(kernel, new InterpreterMemory(x, y)).Kind);
    }

    [Fact]
    public void A_store_that_writes_an_element_twice_must_agree_with_itself()
    {
        Kernel kernel = Build("Scatter", [View("y", 1)], b =>
        {
            Value i = b.Range(0, b.Constant(4));
            b.Store("y", b.Emit(OpCode.Convert, DType.F32, i), b.Emit(OpCode.And, null, i, b.Constant(1)));
        });
        Assert.Equal(FaultKind.Race, Fault(kernel, new InterpreterMemory(Memories.Output("y", 2))).Kind);
    }

    [Fact]
    public void Other_faults_are_found()
    {
        var memory = new InterpreterMemory(Memories.Ints("x", [2], 0, -1), Memories.Ints("y", [1]));
        Parameter[] views = [View("x", 1, Element.I32), View("y", 1, Element.I32)];
        Assert.Equal(FaultKind.DivisionByZero, Fault(Build("Divide", views, b => b.Store("y", b.Emit(OpCode.Div, null, b.Constant(1), b.LoadInt("x", b.Constant(0))), b.Constant(0))), memory).Kind);
        Assert.Equal(FaultKind.NegativeExtent, Fault(Build("Negative", views, b => b.Store("y", b.Sum(b.Range(0, b.LoadInt("x", b.Constant(1)))), b.Constant(0))), memory).Kind);
        Kernel endless = Build("Endless", views, b =>
        {
            Block test = b.Enter(true);
            b.Leave(OpCode.Condition, b.Constant(Number.Of(true)));
            Block body = b.Enter(true);
            b.Leave(OpCode.Yield);
            b.Control(OpCode.While, [], [test, body]);
        });
        Assert.Equal(FaultKind.Endless, Assert.Throws<KernelFaultException>(() => TileInterpreter.Run(endless, memory, stepLimit: 1000)).Fault.Kind);
        Kernel gather = Build("Gather", views, b =>
            b.Store("y", b.Emit(OpCode.Gather, null, b.LoadInt("x", b.Range(0, b.Constant(2))), b.Constant(2)), b.Constant(0)));
        Assert.Equal(FaultKind.OutOfBounds, Fault(gather, memory).Kind);
    }

    [Fact]
    public void What_is_missing_or_unspecialised_is_refused()
    {
        var memory = new InterpreterMemory(Memories.Floats("x", [1, 1], 1), Memories.Floats("weight", [1], 1), Memories.Output("y", 1, 1));
        Assert.Throws<ArgumentException>(() => TileInterpreter.Run(RmsNorm(), memory));
        Assert.Throws<ArgumentException>(() => TileInterpreter.Run(RmsNorm(), memory, new Dictionary<string, Number> { ["epsilon"] = Number.Of(1) }));
        Assert.Throws<ArgumentException>(() => TileInterpreter.Run(RmsNorm(), new InterpreterMemory(), NoArguments));
        Kernel call = Build("Call", [View("x", 2)], b => b.Call(new FunctorCall("T", "Apply", "", DType.F32), b.Constant(1f)));
        Assert.Throws<IrException>(() => TileInterpreter.Run(call, memory));
    }

    private static KernelFault Fault(Kernel kernel, InterpreterMemory memory)
    {
        IrVerifier.Verify(kernel);
        return Assert.Throws<KernelFaultException>(() => TileInterpreter.Run(kernel, memory)).Fault;
    }

    private static float[] Run(int n, float[] x, Func<Builder, Value> result, bool tile = false)
    {
        Kernel kernel = Build("Test", [View("x", 1), View("y", 1)], b => b.Store("y", result(b), tile ? b.Range(0, b.Extent("x", 0)) : b.Constant(0)));
        IrVerifier.Verify(kernel);
        var memory = new InterpreterMemory(Memories.Floats("x", [n], x), Memories.Output("y", tile ? n : 1));
        TileInterpreter.Run(kernel, memory);
        return memory.Floats("y");
    }

    private static float[] Irregular(int n) => [.. Enumerable.Range(0, n).Select(i => MathF.Sin(i * 1.7f) * MathF.Pow(10, i % 5))];

    private static float Tree(float[] partials)
    {
        for (int distance = 8; distance > 0; distance /= 2)
        {
            for (int i = 0; i < distance; i++)
                partials[i] += partials[i + distance];
        }

        return partials[0];
    }
}
