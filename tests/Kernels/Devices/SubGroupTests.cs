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
        Launch(device, WithShuffles(definition, new() { ["T"] = IrElement.F32 }, [], [], &RowPlan), x, shuffled);
        float[] expected = plain.ToArray(), actual = shuffled.ToArray();
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - (1e-5f * MathF.Abs(expected[i])) - 1e-30f, expected[i] + (1e-5f * MathF.Abs(expected[i])) + 1e-30f);
    }

    // Rounded rows and weights four bytes at a time, which devices without the extension multiply one by one.
    [Theory]
    [InlineData("Q4_0", 1, 64)]
    [InlineData("Q8_0", 33, 288)]
    [InlineData("Q6_K", 40, 512)]
    public void Bytes_are_what_they_are_without(string format, int rows, int columns)
    {
        if (!Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true }))
            Assert.Skip("There is no OpenCL device.");
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl });
        switch (format)
        {
            case "Q4_0":
                Products<Q4_0>(device, rows, columns);
                break;
            case "Q8_0":
                Products<Q8_0>(device, rows, columns);
                break;
            default:
                Products<Q6_K>(device, rows, columns);
                break;
        }
    }

    private static void Products<TWeight>(Device device, int rows, int columns)
        where TWeight : unmanaged, IQuantEncoder
    {
        const int Tokens = 2;
        var random = new Random(rows + columns);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        float[] weights = Values(rows * columns);
        int size = Element<TWeight>.BlockSize, bytes = Element<TWeight>.BlockBytes;
        var blocks = new byte[weights.Length / size * bytes];
        for (int i = 0; i < weights.Length / size; i++)
            TWeight.Encode(weights.AsSpan(i * size, size), [], blocks.AsSpan(i * bytes, bytes));
        using DeviceMemory memory = device.AllocateBytes(blocks.Length);
        memory.Write(0, blocks);
        Panels<TWeight> w = device.Pack(new View2<TWeight>(memory, 0, rows, columns));
        View2<float> x = device.Upload<float>(Values(Tokens * columns), Tokens, columns), plain = device.Allocate<float>(Tokens, rows), shuffled = device.Allocate<float>(Tokens, rows);
        Linear.MatVecInt8(device, w, x, plain, default(NoFusion));

        KernelDefinition definition = KernelRegistry.Definitions.Single(each => each.Name == "KernelFoundry.Kernels.Linear.MatVecInt8");
        string[] types = definition.Variants.Select(variant => variant.TypeKey.Split(','))
            .First(key => key[0].EndsWith(Element<TWeight>.Name, StringComparison.Ordinal) && key[1].EndsWith(nameof(NoFusion), StringComparison.Ordinal));
        KernelVariantSet kernel = WithShuffles(
            definition, new() { ["TWeight"] = IrElement.Quantized(types[0]) }, new() { ["TFusion"] = ShippedIr.Functor(types[1]) },
            new() { [types[0]] = ShippedIr.Format(types[0]) }, &ProductPlan);
        var arguments = new KernelArguments();
        arguments.Add(w);
        arguments.Add(x);
        arguments.Add(shuffled);
        device.Launch(kernel, ref arguments);
        float[] expected = plain.ToArray(), actual = shuffled.ToArray();
        float magnitude = MathF.Sqrt(columns) * 0.34f;
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - (4e-6f * magnitude), expected[i] + (4e-6f * magnitude));
        w.Memory!.Dispose();
    }

    private static KernelVariantSet WithShuffles(
        KernelDefinition definition, Dictionary<string, IrElement> elements, Dictionary<string, Functor> functors, Dictionary<string, QuantFormat> formats,
        delegate*<long*, LaunchShape*, void> plan)
    {
        Kernel kernel = IrParser.ParseKernel(definition.IrText);
        var specialization = new Specialization(elements, functors, new Dictionary<string, int?>(), formats);
        Kernel specialized = Specializer.Specialize(kernel, specialization, TargetKind.OpenCl);
        var ofOneSubGroup = new Kernel { Name = specialized.Name, Parameters = specialized.Parameters, Body = specialized.Body, WorkGroup = 32 };
        string source = OpenClTarget.RenderSubGroups(ofOneSubGroup, "shuffles")!.Source;
        Assert.Contains("sub_group_shuffle_xor(", source, StringComparison.Ordinal);
        int body = source.IndexOf("\n{\n", source.IndexOf("void shuffles(", StringComparison.Ordinal), StringComparison.Ordinal) + 3;
        source = $"{Shuffle}{source[..body]}    __local int kf_exchange[32];\n{source[body..]}";
        var shuffles = new KernelDefinition
        {
            Name = $"{definition.Name}.Shuffles.{string.Join(".", elements.Values.Select(element => element.Name))}",
            ClassName = definition.ClassName,
            VariantSource = () => [new KernelVariant { TypeKey = "", OpenCl = new OpenClCode(source, "shuffles", plan) }],
        };
        return KernelRegistry.Find(shuffles, "");
    }

    // Views of two axes: pointer, extents, stride.
    private static void RowPlan(long* slots, LaunchShape* shape) => Plan(shape, (int)slots[1], 1);

    // A program takes sixteen rows of weights and a row of activations.
    private static void ProductPlan(long* slots, LaunchShape* shape) => Plan(shape, ((int)slots[1] + 15) / 16, (int)slots[5]);

    private static void Plan(LaunchShape* shape, int rows, int columns)
    {
        shape->Grid0 = rows;
        shape->Grid1 = columns;
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
