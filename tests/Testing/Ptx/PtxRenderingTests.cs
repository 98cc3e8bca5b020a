using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets.Ptx;
using KernelFoundry.Testing.Ptx;
using IrElement = KernelFoundry.Compiler.Ir.Element;
using PtxModule = KernelFoundry.Compiler.Targets.Ptx.PtxModule;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>Every elementwise operation as PTX gives what the interpreter gives, for numbers at the ends of their ranges too.</summary>
public class PtxRenderingTests
{
    // More than a block's threads take in one run of eight, and a remainder.
    private const int Count = 700;

    private static readonly float[] Floats =
    [
        0f, -0f, 1f, -1f, 0.5f, 1.5f, 2.5f, -2.5f, 3f, 7.25f, -7.25f, 0.1f, 1e-40f, -1e-40f, 1.17549435e-38f, 1e10f, -1e10f, 3e38f, 1e-3f, 87f, -87f, 88.5f,
        -104f, 2147483648f, -2147483648f, 4294967296f, 127.5f, -128.5f, float.MaxValue, float.Epsilon, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    private static readonly int[] Integers = [0, 1, -1, 2, 3, 5, 7, 8, 9, 15, 16, 31, 32, 33, 63, 127, 128, -128, -129, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, 0x55555555];

    // Those that are approximations in both, and how far apart they may be.
    private static readonly Dictionary<OpCode, double> Approximate = new()
    {
        [OpCode.Exp] = 5e-7,
        [OpCode.Log] = 5e-7,
        [OpCode.Tanh] = 5e-7,
        [OpCode.Erf] = 1e-6,
        [OpCode.Sigmoid] = 5e-7,
        [OpCode.Rsqrt] = 2e-7,
        [OpCode.Sin] = 1e-6,
        [OpCode.Cos] = 1e-6,
    };

    public static TheoryData<OpCode, DType> Operations()
    {
        var data = new TheoryData<OpCode, DType>();
        foreach (OpInfo info in OpTable.All.Where(op => op.IsElementwise))
        {
            foreach (DType type in new[] { DType.F32, DType.I32, DType.U32, DType.Bool }.Where(type => Takes(info, type)))
                data.Add(info.Code, type);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void It_gives_what_the_interpreter_gives(OpCode code, DType type)
    {
        foreach (object? attribute in Attributes(code))
            Check(code, type, attribute);
    }

    // C# shifts and multiplies no bool.
    private static bool Takes(OpInfo info, DType type)
    {
        if (type == DType.Bool && info.Code is (OpCode.Shl or OpCode.Shr or OpCode.MulHi))
            return false;
        try
        {
            Value[] operands = [.. Enumerable.Range(0, info.Arity).Select(i => new Value(Compiler.Ir.ValueType.Scalar(TypeOf(info.Code, type, i))))];
            TypeRules.Infer(info.Code, Attributes(info.Code)[0], operands, default);
            return info.Code != OpCode.Philox || type == DType.U32;
        }
        catch (IrException)
        {
            return false;
        }
    }

    private static DType TypeOf(OpCode code, DType type, int operand) => code == OpCode.Select && operand == 0 ? DType.Bool : type;

    private static object?[] Attributes(OpCode code) => code switch
    {
        OpCode.Convert => [DType.F32, DType.I32, DType.U32, DType.Bool],
        OpCode.Bitcast => [DType.F32, DType.I32, DType.U32],
        OpCode.Lookup => [new LookupTable(unchecked((long)0x8070605040302010), 0x7F80FF0001020304)],
        _ => [null],
    };

    private static void Check(OpCode code, DType type, object? attribute)
    {
        int arity = OpTable.Of(code).Arity;
        int[] strides = [1, 7, 13];
        int[][] inputs = [.. strides.Select((stride, i) => Words(TypeOf(code, type, i), stride))];
        bool divides = code is OpCode.Div or OpCode.Rem && type != DType.F32;
        if (divides)
            inputs[1] = [.. inputs[1].Select(word => word == 0 ? 3 : word)];
        if (code == OpCode.Scale)
        {
            // Whole powers, of numbers that no half of one makes subnormal.
            inputs[0] = [.. inputs[0].Select(word => Math.Abs(BitConverter.Int32BitsToSingle(word)) is 0 or (> 1e-10f and < 1e11f) or float.PositiveInfinity or float.NaN ? word : 0x3FA00001)];
            inputs[1] = [.. Enumerable.Range(0, Count).Select(i => BitConverter.SingleToInt32Bits((i % 404) - 202))];
        }

        int[] found = Run(code, type, attribute, arity, inputs);
        for (int i = 0; i < Count; i++)
        {
            Number At(int operand) => Number.OfBits(TypeOf(code, type, operand), inputs[operand][i]);
            Number expected = ScalarMath.Evaluate(code, attribute, At(0), At(1), At(2));
            Number actual = Number.OfBits(expected.Type, found[i]);
            Assert.True(Same(code, At(0), expected, actual), $"{code}({string.Join(", ", Enumerable.Range(0, arity).Select(At))}) is {actual}, not {expected}");
        }
    }

    private static int[] Words(DType type, int stride) => [.. Enumerable.Range(0, Count).Select(i => type switch
    {
        DType.F32 => BitConverter.SingleToInt32Bits(Floats[((i * stride) + (i / Floats.Length)) % Floats.Length]),
        DType.Bool => (i * stride / 2) & 1,
        _ => Integers[((i * stride) + (i / Integers.Length)) % Integers.Length],
    })];

    private static bool Same(OpCode code, Number operand, Number expected, Number actual)
    {
        if (expected == actual)
            return true;
        if (expected.Type != DType.F32)
            return false;
        // The argument of a sine loses its bits to the multiples of pi / 2 that are taken from it.
        if (code is OpCode.Sin or OpCode.Cos && Math.Abs(operand.F32) > 1e5)
            return true;
        if (float.IsNaN(expected.F32) || float.IsNaN(actual.F32))
            return float.IsNaN(expected.F32) && float.IsNaN(actual.F32);

        // Which of two zeros is the greater is not said.
        if (code is OpCode.Min or OpCode.Max && expected.F32 == actual.F32)
            return true;
        if (!Approximate.TryGetValue(code, out double tolerance))
            return false;

        return Math.Abs(expected.F32 - actual.F32) <= tolerance * Math.Max(Math.Abs(expected.F32), code is OpCode.Sin or OpCode.Cos ? 1 : 1e-37);
    }

    // y[i] = op(x[i], z[i], w[i]) over words.
    private static unsafe int[] Run(OpCode code, DType type, object? attribute, int arity, int[][] inputs)
    {
        PtxModule rendered = PtxTarget.Render(_ => Specialised(code, type, attribute, arity), "operation")[0];
        Testing.Ptx.PtxModule module = PtxParser.Parse(rendered.Source);
        var program = new PtxProgram(module, module.Entries[rendered.EntryPoint]);
        var memory = new PtxGlobalMemory();
        ulong[] buffers = [.. Enumerable.Range(0, 4).Select(_ => memory.Allocate(Count * sizeof(int)))];
        try
        {
            // A view is its address and its extent, at the next multiple of eight.
            var parameters = new byte[16 * buffers.Length];
            for (int i = 0; i < buffers.Length; i++)
            {
                BitConverter.TryWriteBytes(parameters.AsSpan(16 * i), buffers[i]);
                BitConverter.TryWriteBytes(parameters.AsSpan((16 * i) + 8), Count);
                if (i < inputs.Length)
                    inputs[i].CopyTo(new Span<int>((int*)buffers[i], Count));
            }

            PtxGrid.Run(program, memory, (1, 1, 1), 64, 0, parameters);
            return new Span<int>((int*)buffers[3], Count).ToArray();
        }
        finally
        {
            foreach (ulong buffer in buffers)
                memory.Free(buffer);
        }
    }

    private static Kernel Specialised(OpCode code, DType type, object? attribute, int arity)
    {
        var body = new Compiler.Ir.Block();
        var builder = new Builder(body);
        string[] views = ["x", "z", "w"];
        Value all = builder.Emit(OpCode.Range, null, builder.Constant(0), builder.Extent("x"));
        Value[] operands = [.. Enumerable.Range(0, arity).Select(i =>
        {
            Value word = builder.Load(OpCode.Load, new MemoryAccess(views[i]), DType.I32, all);
            return TypeOf(code, type, i) switch
            {
                DType.I32 => word,
                DType.Bool => builder.Emit(OpCode.Ne, null, word, builder.Constant(0)),
                var other => builder.Emit(OpCode.Bitcast, other, word),
            };
        })];
        Value result = builder.Emit(code, attribute, operands);
        Value stored = result.Type.DType switch
        {
            DType.I32 => result,
            DType.Bool => builder.Emit(OpCode.Select, null, result, builder.Constant(1), builder.Constant(0)),
            _ => builder.Emit(OpCode.Bitcast, DType.I32, result),
        };
        builder.Store(new MemoryAccess("y"), all, stored);
        builder.Leave(OpCode.Return);
        var kernel = new Kernel
        {
            Name = "Operation",
            Body = body,
            Parameters = [.. views.Append("y").Select(view => new Parameter { Name = view, Kind = ParameterKind.View, Rank = 1, Element = IrElement.I32 })],
        };
        return Compiler.Passes.Specializer.Specialize(kernel, Specialization.None, TargetKind.Cuda);
    }
}

/// <summary>How kernels say where a view ends.</summary>
file static class Extents
{
    public static Value Extent(this Builder builder, string view) => builder.Emit(OpCode.ViewExtent, new MemoryAccess(view));
}
