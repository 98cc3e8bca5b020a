using System.Runtime.CompilerServices;
using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

/// <summary>An epilogue, as a user would declare one.</summary>
[FunctorInterface]
public interface IHandEpilogue<TSelf>
    where TSelf : struct, IHandEpilogue<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct HandBias : IHandEpilogue<HandBias>
{
    public float Bias { get; init; }

    public static Tile<float> Apply(HandBias self, Tile<float> value) => value + self.Bias;
}

/// <summary>
/// A kernel with everything that the generator adds to one written by hand: y[row] = epilogue(gain * sum over columns of x[row, column]).
/// It states what generated code looks like, and tests launching without the compiler.
/// </summary>
public static unsafe partial class HandCompiledKernel
{
    [Kernel(WorkGroup = 16)]
    public static void RowSum<[Elements(typeof(float), typeof(Half))] T, TEpilogue>(
        View2<T> x,
        View1<float> y,
        TEpilogue epilogue,
        [Specialize(64)] int gain,
        [Schedule(Cpu = 4, OpenCl = 2)] int block)
        where T : unmanaged
        where TEpilogue : struct, IHandEpilogue<TEpilogue>
    {
        var rows = ProgramRange(0, x.Extent0, block);
        var columns = Range(0, x.Extent1);
        y.Store(rows, TEpilogue.Apply(epilogue, Sum(x.Load(rows, columns), axis: 1) * gain));
    }
}

// From here on: what the generator emits.
public static unsafe partial class HandCompiledKernel
{
    /// <summary>Launches <c>RowSum</c> on a device.</summary>
    public static void RowSum<T, TEpilogue>(Device device, View2<T> x, View1<float> y, TEpilogue epilogue, int gain)
        where T : unmanaged
        where TEpilogue : struct, IHandEpilogue<TEpilogue>
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.IsReference)
        {
            device.LaunchReference(
                RowSum__Kernel.Definition,
                (x, y, epilogue, gain),
                static a => RowSum<T, TEpilogue>(a.x, a.y, a.epilogue, a.gain, block: 4));
            return;
        }

        var arguments = new KernelArguments();
        arguments.Add(x);
        arguments.Add(y);
        arguments.AddFunctor(epilogue);
        arguments.AddSpecialized(gain);
        device.Launch(RowSum__Set<T, TEpilogue>.Variants, ref arguments);
    }

    /// <summary>Looked up once per closed type; a property, so that a missing variant is its own exception.</summary>
    private static class RowSum__Set<T, TEpilogue>
        where T : unmanaged
        where TEpilogue : struct
    {
        private static KernelVariantSet? variants;

        public static KernelVariantSet Variants =>
            variants ??= KernelRegistry.Find(RowSum__Kernel.Definition, Element<T>.Name + "," + FunctorRegistry<TEpilogue>.Name);
    }

    internal static class RowSum__Kernel
    {
        public static readonly KernelDefinition Definition = new()
        {
            Name = "KernelFoundry.Tests.HandCompiledKernel.RowSum",
            ClassName = "KernelFoundry.Tests.HandCompiledKernel",
            SourceFile = "HandCompiledKernel.cs",
            SourceLine = 36,
            WorkGroup = 16,
            Parameters =
            [
                new() { Name = "x", Kind = KernelParameterKind.View, Type = "T", Rank = 2 },
                new() { Name = "y", Kind = KernelParameterKind.View, Type = "float", Rank = 1, IsOutput = true },
                new() { Name = "epilogue", Kind = KernelParameterKind.Functor, Type = "TEpilogue" },
                new() { Name = "gain", Kind = KernelParameterKind.Specialized, Type = "int", Values = [64] },
                new() { Name = "block", Kind = KernelParameterKind.Schedule, Type = "int", Values = [4, 2] },
            ],
            TypeParameters =
            [
                new("T", "", ["float", "Half"]),
                new("TEpilogue", "KernelFoundry.Tests.IHandEpilogue`1", ["KernelFoundry.Tests.HandBias"]),
            ],
            Families =
            [
                new("float,KernelFoundry.Tests.HandBias", static () =>
                [
                    new() { TypeKey = "float,KernelFoundry.Tests.HandBias", Specialized = [64], MakeCpu = static () => RowSum__float__64.Cpu, MakeOpenCl = static () => RowSum__float__64.OpenCl },
                    new() { TypeKey = "float,KernelFoundry.Tests.HandBias", Specialized = [null], MakeCpu = static () => RowSum__float.Cpu, MakeOpenCl = static () => RowSum__float.OpenCl },
                ]),
                new("Half,KernelFoundry.Tests.HandBias", static () => [new() { TypeKey = "Half,KernelFoundry.Tests.HandBias", Specialized = [null], MakeCpu = static () => RowSum__Half.Cpu }]),
            ],
        };
    }

    // Slots: 0 x, 1 x.Extent0, 2 x.Extent1, 3 x stride 0, 4 y, 5 y.Extent0, 6 epilogue.Bias, 7 gain.
    private static class RowSum__float
    {
        public static CpuCode Cpu { get; } = new(&Run, &Run, &Run, &CpuPlan);

        public static OpenClCode OpenCl { get; } = new(
            """
            __kernel void RowSum__float(
                __global const uchar* x, long x_off, int x_e0, int x_e1, long x_s0,
                __global uchar* y, long y_off, int y_e0,
                float epilogue_Bias, int gain, __local float* scratch)
            {
                const int lane = get_local_id(0);
                for (int r = 0; r < 2; r++)
                {
                    const int row = get_group_id(0) * 2 + r;
                    float sum = 0.0f;
                    if (row < x_e0)
                        for (int c = lane; c < x_e1; c += get_local_size(0))
                            sum += ((__global const float*)(x + x_off))[row * x_s0 + c];
                    scratch[lane] = sum;
                    barrier(CLK_LOCAL_MEM_FENCE);
                    if (lane == 0 && row < x_e0)
                    {
                        float total = 0.0f;
                        for (int i = 0; i < get_local_size(0); i++)
                            total += scratch[i];
                        ((__global float*)(y + y_off))[row] = total * gain + epilogue_Bias;
                    }
                    barrier(CLK_LOCAL_MEM_FENCE);
                }
            }
            """,
            "RowSum__float",
            &OpenClPlan);

        public static void CpuPlan(long* slots, LaunchShape* shape)
        {
            shape->Grid0 = CeilDiv((int)slots[1], 4);
            shape->Grid1 = 1;
            shape->Grid2 = 1;
            shape->CpuScratchBytes = 4 * sizeof(float);
        }

        public static void OpenClPlan(long* slots, LaunchShape* shape)
        {
            shape->Grid0 = CeilDiv((int)slots[1], 2);
            shape->Grid1 = 1;
            shape->Grid2 = 1;
            shape->WorkGroup = 16;
            shape->LocalBytes = 16 * sizeof(float);
        }

        private static void Run(long* slots, byte* scratch, int p0, int p1, int p2)
        {
            var x = (float*)slots[0];
            var y = (float*)slots[4];
            int rows = (int)slots[1];
            int columns = (int)slots[2];
            long stride = slots[3];
            float bias = BitConverter.Int32BitsToSingle((int)slots[6]);
            int gain = (int)slots[7];
            var sums = (float*)scratch;
            for (int r = 0; r < 4 && (p0 * 4) + r < rows; r++)
            {
                sums[r] = 0;
                for (int c = 0; c < columns; c++)
                    sums[r] += x[(((p0 * 4) + r) * stride) + c];
                y[(p0 * 4) + r] = (sums[r] * gain) + bias;
            }
        }
    }

    private static class RowSum__float__64
    {
        public static CpuCode Cpu { get; } = new(&Run, &Run, &Run, &RowSum__float.CpuPlan);

        // A specialized parameter stays an argument; only the code knows its value.
        public static OpenClCode OpenCl { get; } = new(RowSum__float.OpenCl.Source, "RowSum__float", &RowSum__float.OpenClPlan);

        public static int Runs { get; set; }

        private static void Run(long* slots, byte* scratch, int p0, int p1, int p2)
        {
            var x = (float*)slots[0];
            var y = (float*)slots[4];
            float bias = BitConverter.Int32BitsToSingle((int)slots[6]);
            for (int row = p0 * 4; row < Math.Min((p0 + 1) * 4, (int)slots[1]); row++)
            {
                float sum = 0;
                for (int c = 0; c < (int)slots[2]; c++)
                    sum += x[(row * slots[3]) + c];
                y[row] = (sum * 64) + bias;
            }

            Runs++;
        }
    }

    private static class RowSum__Half
    {
        public static CpuCode Cpu { get; } = new(&Run, &Run, &Run, &RowSum__float.CpuPlan);

        private static void Run(long* slots, byte* scratch, int p0, int p1, int p2)
        {
            var x = (Half*)slots[0];
            var y = (float*)slots[4];
            float bias = BitConverter.Int32BitsToSingle((int)slots[6]);
            for (int row = p0 * 4; row < Math.Min((p0 + 1) * 4, (int)slots[1]); row++)
            {
                float sum = 0;
                for (int c = 0; c < (int)slots[2]; c++)
                    sum += (float)x[(row * slots[3]) + c];
                y[row] = (sum * (int)slots[7]) + bias;
            }
        }
    }

    internal static int SpecializedRuns
    {
        get => RowSum__float__64.Runs;
        set => RowSum__float__64.Runs = value;
    }

    internal static class Registration
    {
        // CA2255: generated code is where module initializers belong.
#pragma warning disable CA2255
        [ModuleInitializer]
        internal static void Register()
        {
            FunctorRegistry.Register<HandBias>("KernelFoundry.Tests.HandBias", static (HandBias f, ref KernelArguments a) => a.Add(f.Bias));
            KernelRegistry.Add("KernelFoundry.Tests.HandCompiledKernel.RowSum", static () => RowSum__Kernel.Definition);
        }
#pragma warning restore CA2255
    }
}
