using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Compiler.Targets.Ptx;
using KernelFoundry.Testing;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>One kernel as tiles, as vectors, as threads, and as threads of warps.</summary>
internal static class Forms
{
    /// <summary>Runs the kernel in all forms over inputs drawn from the runs' seed, which a failure prints, and compares the output view.</summary>
    public static void Agree(
        Kernel kernel, Specialization spec, double tolerance, Dictionary<string, int[]> shapes, Dictionary<string, Number> arguments, string output)
    {
        int seed = TestSeed.Of("KF_SEED");
        float[] expected = Run(kernel, spec, TargetKind.Cpu, shapes, seed, output, (k, memory) => TileInterpreter.Run(k, memory, arguments));
        float[] vector = Run(kernel, spec, TargetKind.Cpu, shapes, seed, output, (k, memory) => VectorInterpreter.Run(CSharpTarget.Lower(k), memory, arguments));
        float[] thread = Run(kernel, spec, TargetKind.OpenCl, shapes, seed, output, (k, memory) => ThreadInterpreter.Run(OpenClTarget.Lower(k), memory, arguments));
        AssertClose(expected, vector, tolerance, $"{kernel.Name} as vectors, seed {seed}");
        float[] few = Run(kernel, spec, TargetKind.OpenCl, shapes, seed, output, (k, memory) => ThreadInterpreter.Run(OpenClTarget.Lower(k) with { WorkGroup = 5 }, memory, arguments));
        AssertClose(expected, few, tolerance, $"{kernel.Name} as few threads, seed {seed}");
        float[] warps = Run(kernel, spec, TargetKind.Cuda, shapes, seed, output, (k, memory) => ThreadInterpreter.Run(PtxTarget.Lower(k), memory, arguments));
        AssertClose(expected, thread, tolerance, $"{kernel.Name} as threads, seed {seed}");
        AssertClose(expected, warps, tolerance, $"{kernel.Name} as threads of warps, seed {seed}");
    }

    private static float[] Run(
        Kernel kernel, Specialization spec, TargetKind target, Dictionary<string, int[]> shapes, int seed, string output, Action<Kernel, InterpreterMemory> run)
    {
        Kernel specialised = Specializer.Specialize(kernel, spec, target);
        IrVerifier.Verify(specialised);
        var random = new Random(seed);
        var memory = new InterpreterMemory();
        foreach (Parameter view in specialised.Parameters.Where(p => p.Kind == ParameterKind.View))
            memory.Add(View(view, shapes[view.Name], random, spec, view.Name == output));
        run(specialised, memory);
        InterpreterView result = memory.Views[output];
        int count = result.Extents.Aggregate(1, (a, b) => a * b);
        return [.. Enumerable.Range(0, count).Select(i => result.Element.Kind switch
        {
            ElementKind.F16 => (float)BitConverter.ToHalf(result.Buffer, 2 * i),
            ElementKind.I32 => BitConverter.ToInt32(result.Buffer, 4 * i),
            _ => BitConverter.ToSingle(result.Buffer, 4 * i),
        })];
    }

    private static InterpreterView View(Parameter view, int[] shape, Random random, Specialization spec, bool uninitialised)
    {
        int count = shape.Aggregate(1, (a, b) => a * b);
        Element element = view.Element;
        QuantFormat? format = element.Kind == ElementKind.Quantized ? spec.Formats[element.Name] : null;
        byte[] bytes = new byte[format is null ? count * element.Bytes : count / format.BlockSize * format.BlockBytes];
        if (element.Kind is ElementKind.I8 or ElementKind.U8)
        {
            random.NextBytes(bytes);
        }
        else if (element.Kind == ElementKind.I32)
        {
            for (int i = 0; i < count; i++)
                BitConverter.TryWriteBytes(bytes.AsSpan(4 * i), random.Next(count));
        }
        else if (format is not null)
        {
            random.NextBytes(bytes);
            for (int block = 0; block < bytes.Length; block += format.BlockBytes)
                BitConverter.TryWriteBytes(bytes.AsSpan(block), (Half)(float)(random.NextDouble() - 0.5));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                float value = (float)((random.NextDouble() * 2) - 1);
                if (element.Kind == ElementKind.F32)
                    BitConverter.TryWriteBytes(bytes.AsSpan(4 * i), value);
                else if (element.Kind == ElementKind.F16)
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)value);
                else
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
            }
        }

        return new InterpreterView(view.Name, element, bytes, 0, shape, null, format) { Uninitialized = uninitialised };
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        double error = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.False(float.IsNaN(actual[i]) && !float.IsNaN(expected[i]), $"{what}: element {i} is NaN");
            error += Math.Pow(expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        Assert.True(Math.Sqrt(error) <= tolerance * Math.Sqrt(norm) + 1e-12, $"{what}: relative error {Math.Sqrt(error / norm):G3}");
    }
}
