using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Testing;
using IrElement = KernelFoundry.Compiler.Ir.Element;

namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// The text for devices with sub-groups, run where there are none: a work-group is one sub-group, and the shuffle is a function that goes through local
/// memory. What a driver's own shuffle does has never been seen.
/// </summary>
public sealed unsafe class SubGroupTests
{
    private const int Rows = 5;

    private const string Shuffle = """
        int __attribute__((overloadable)) kf_bits(float v) { return as_int(v); }
        int __attribute__((overloadable)) kf_bits(int v) { return v; }
        int __attribute__((overloadable)) kf_bits(uint v) { return as_int(v); }
        float __attribute__((overloadable)) kf_like(float v, int bits) { return as_float(bits); }
        int __attribute__((overloadable)) kf_like(int v, int bits) { return bits; }
        uint __attribute__((overloadable)) kf_like(uint v, int bits) { return as_uint(bits); }
        #define sub_group_shuffle_xor(v, m) (barrier(CLK_LOCAL_MEM_FENCE), kf_exchange[get_local_id(0)] = kf_bits(v), \
            barrier(CLK_LOCAL_MEM_FENCE), kf_like(v, kf_exchange[get_local_id(0) ^ (m)]))

        """;

    [Theory]
    [InlineData("Probabilities.Softmax", 1)]
    [InlineData("Probabilities.Softmax", 33)]
    [InlineData("Probabilities.Softmax", 2047)]
    [InlineData("Probabilities.LogSoftmax", 1000)]
    public void Rows_are_what_they_are_without(string kernel, int columns)
    {
        if (!Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true }))
            Assert.Skip("There is no OpenCL device.");
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl });
        var random = new Random(columns);
        float[] values = [.. Enumerable.Range(0, Rows * columns).Select(_ => (float)((random.NextDouble() * 20) - 10))];
        View2<float> x = device.Upload<float>(values, Rows, columns), plain = device.Allocate<float>(Rows, columns), shuffled = device.Allocate<float>(Rows, columns);
        KernelDefinition definition = KernelRegistry.Definitions.Single(each => each.Name == $"KernelFoundry.Kernels.{kernel}");
        Launch(device, KernelRegistry.Find(definition, "float"), x, plain);
        Launch(device, WithShuffles(definition), x, shuffled);
        float[] expected = plain.ToArray(), actual = shuffled.ToArray();
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - (1e-5f * MathF.Abs(expected[i])) - 1e-30f, expected[i] + (1e-5f * MathF.Abs(expected[i])) + 1e-30f);
    }

    private static KernelVariantSet WithShuffles(KernelDefinition definition)
    {
        Kernel kernel = IrParser.ParseKernel(definition.IrText);
        var specialization = new Specialization(
            new Dictionary<string, IrElement> { ["T"] = IrElement.F32 }, new Dictionary<string, Functor>(), new Dictionary<string, int?>(), new Dictionary<string, QuantFormat>());
        Kernel specialized = Specializer.Specialize(kernel, specialization, TargetKind.OpenCl);
        var ofOneSubGroup = new Kernel { Name = specialized.Name, Parameters = specialized.Parameters, Body = specialized.Body, WorkGroup = 32 };
        string source = OpenClTarget.RenderSubGroups(ofOneSubGroup, "shuffles")!.Source;
        Assert.Contains("sub_group_shuffle_xor(", source, StringComparison.Ordinal);
        int body = source.IndexOf("\n{\n", source.IndexOf("void shuffles(", StringComparison.Ordinal), StringComparison.Ordinal) + 3;
        source = $"{Shuffle}{source[..body]}    __local int kf_exchange[32];\n{source[body..]}";
        var shuffles = new KernelDefinition
        {
            Name = $"{definition.Name}.Shuffles",
            ClassName = definition.ClassName,
            Families = [new("", () => [new() { TypeKey = "", MakeOpenCl = () => new OpenClCode(source, "shuffles", &RowPlan) }])],
        };
        return KernelRegistry.Find(shuffles, "");
    }

    // Views of two axes: pointer, extents, stride.
    private static void RowPlan(long* slots, LaunchShape* shape)
    {
        shape->Grid0 = (int)slots[1];
        shape->Grid1 = 1;
        shape->Grid2 = 1;
        shape->WorkGroup = 32;
        shape->LocalBytes = 1 << 16;
    }

    private static void Launch(Device device, KernelVariantSet kernel, View2<float> x, View2<float> y)
    {
        var arguments = new KernelArguments();
        arguments.Add(x);
        arguments.Add(y);
        device.Launch(kernel, ref arguments);
    }
}
