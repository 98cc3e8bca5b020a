using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Tests.SampleKernels;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Interpreter;

/// <summary>Instructions on words and matrices, against what they are made of.</summary>
public sealed class WarpMatrixTests
{
    private static readonly ThreadIndex Thread = new();
    private static readonly LocalBuffer Words = new("words", DType.I32, Int(256));

    [Theory]
    [InlineData(0x7F80FF01, 0x7F80FF01, 5)]
    [InlineData(unchecked((int)0xFFFFFFFF), unchecked((int)0x80808080), 0)]
    public void A_dot_of_four_takes_bytes_without_a_sign_by_bytes_with_one(int codes, int other, int start)
    {
        byte[] left = BitConverter.GetBytes(codes), right = BitConverter.GetBytes(other);
        int expected = start + left.Zip(right, (a, b) => a * (sbyte)b).Sum();
        Assert.All(Run([Store(new DotFour(Int(codes), Int(other), Int(start)))]), value => Assert.Equal(expected, value));
    }

    // A nibble's bit 3 spreads the sign of the byte that the others choose.
    [Theory]
    [InlineData(0x3210, 0x04030281)]
    [InlineData(0x7654, 0x18070605)]
    [InlineData(0x5410, 0x06050281)]
    [InlineData(0xBA98, 0x000000FF)]
    [InlineData(0x08F4, unchecked((int)0x81FF0005))]
    public void Bytes_are_permuted_by_nibbles(int selector, int expected) =>
        Assert.All(Run([Store(new PermuteBytes(Int(0x04030281), Int(0x18070605), Int(selector)))]), value => Assert.Equal(expected, value));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Matrices_give_each_lane_its_words(bool isTransposed)
    {
        // Halves count up from 0; a row of eight halves is four words.
        var word = new Var("word", DType.I32);
        Var[] loaded = [.. Enumerable.Range(0, 4).Select(i => new Var($"m{i}", DType.I32))];
        Stmt[] body =
        [
            new For(word, Thread, Int(128), Int(32), [new StoreLocal(Words, word, Plus(Times(word, 0x20002), 0x10000))]),
            new Barrier(),
            new LoadMatrices(loaded, Words, Times(Thread, 4), isTransposed),
            .. loaded.Select((v, i) => new StoreView("y", new Expr[] { Plus(Times(Thread, 4), i) }, Element.I32, v)),
        ];
        int[] found = Run(body, 128);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int group = lane / 4, pair = 2 * (lane % 4);
                (int low, int high) = isTransposed ? ((pair * 8) + group, ((pair + 1) * 8) + group) : ((group * 8) + pair, (group * 8) + pair + 1);
                Assert.Equal((low + (64 * i)) | ((high + (64 * i)) << 16), found[(4 * lane) + i]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Matrices_of_bytes_multiply(int words)
    {
        int depth = 16 * words;
        int A(int row, int k) => (sbyte)((row * 37) + (k * 11) - 90);
        int B(int k, int column) => (byte)((column * 53) + (k * 29) + 7);
        Expr Pack(Func<int, int, int> element, Func<int, (int, int)> place) => Chosen(lane =>
        {
            int packed = 0;
            for (int t = 0; t < 4; t++)
            {
                (int outer, int first) = place(lane);
                packed |= (element(outer, first + t) & 255) << (8 * t);
            }

            return packed;
        });
        Expr[] a = [.. Enumerable.Range(0, 2 * words).Select(i => Pack(A, lane => ((lane / 4) + (8 * (i % 2)), (4 * (lane % 4)) + (16 * (i / 2)))))];
        Expr[] b = [.. Enumerable.Range(0, words).Select(i => Pack((column, k) => B(k, column), lane => (lane / 4, (4 * (lane % 4)) + (16 * i))))];
        int[] found = Multiply(MatrixElement.Bytes, DType.I32, a, b);
        Check((row, column) => 1 + Enumerable.Range(0, depth).Sum(k => A(row, k) * B(k, column)), found);
    }

    [Fact]
    public void Matrices_of_halves_multiply()
    {
        static float A(int row, int k) => (row - 7) * (k + 1) / 8f;
        static float B(int k, int column) => (column + 2 - k) / 4f;
        Expr[] a = [.. Enumerable.Range(0, 4).Select(i => Chosen(lane =>
        {
            int row = (lane / 4) + (8 * (i % 2)), k = (2 * (lane % 4)) + (8 * (i / 2));
            return Bits(A(row, k)) | (Bits(A(row, k + 1)) << 16);
        }))];
        Expr[] b = [.. Enumerable.Range(0, 2).Select(i => Chosen(lane =>
        {
            int k = (2 * (lane % 4)) + (8 * i), column = lane / 4;
            return Bits(B(k, column)) | (Bits(B(k + 1, column)) << 16);
        }))];
        int[] found = Multiply(MatrixElement.Half, DType.F32, a, b);
        Check((row, column) => BitConverter.SingleToInt32Bits(1 + Enumerable.Range(0, 16).Sum(k => A(row, k) * B(k, column))), found);

        static int Bits(float value) => BitConverter.HalfToUInt16Bits((Half)value);
    }

    private static void Check(Func<int, int, int> expected, int[] found)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
                Assert.Equal(expected((lane / 4) + (8 * (i / 2)), (2 * (lane % 4)) + (i % 2)), found[(4 * lane) + i]);
        }
    }

    private static int[] Multiply(MatrixElement element, DType type, Expr[] a, Expr[] b)
    {
        Number one = type == DType.F32 ? Number.Of(1f) : Number.Of(1);
        Var[] sums = [.. Enumerable.Range(0, 4).Select(i => new Var($"sum{i}", type))];
        Stmt[] body =
        [
            .. sums.Select(s => new Let(s, new Literal(one), Mutable: true)),
            new MultiplyMatrices(element, sums, a, b),
            .. sums.Select((s, i) => new StoreView("y", new Expr[] { Plus(Times(Thread, 4), i) }, Element.I32,
                type == DType.F32 ? new Apply(OpCode.Bitcast, DType.I32, false, new Expr[] { s }, DType.I32) : s)),
        ];
        return Run(body, 128);
    }

    // A constant of each lane, by comparisons.
    private static Expr Chosen(Func<int, int> value)
    {
        Expr result = Int(value(31));
        for (int lane = 30; lane >= 0; lane--)
            result = new Apply(OpCode.Select, DType.I32, false, new[] { new Apply(OpCode.Eq, DType.Bool, false, new Expr[] { Thread, Int(lane) }), Int(value(lane)), result });
        return result;
    }

    private static int[] Run(Stmt[] body, int count = 32)
    {
        Kernel kernel = Build("Words", [View("y", 1, Element.I32)], _ => { });
        var program = new Program(
            new Kernel { Name = kernel.Name, Parameters = kernel.Parameters, Body = kernel.Body, WorkGroup = 32 }, [Words], body, [Int(1), Int(1), Int(1)]);
        CodeVerifier.Verify(program, CodeForm.Thread);
        var memory = new InterpreterMemory(Memories.Ints("y", [count]));
        ThreadInterpreter.Run(program, memory);
        return [.. memory.Ints("y")];
    }

    private static StoreView Store(Expr value) => new("y", new Expr[] { Thread }, Element.I32, value);

    private static Literal Int(int value) => new(Number.Of(value));

    private static Apply Times(Expr value, int factor) => new(OpCode.Mul, DType.I32, false, new[] { value, Int(factor) });

    private static Apply Plus(Expr value, int term) => new(OpCode.Add, DType.I32, false, new[] { value, Int(term) });
}
