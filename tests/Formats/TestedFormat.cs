namespace KernelFoundry.Formats.Tests;

/// <summary>A format of the library, its members reachable by name, and the decoder it must agree with.</summary>
public abstract class TestedFormat
{
    /// <summary>Every format, by the name GGUF gives it.</summary>
    public static IReadOnlyList<TestedFormat> All { get; } =
    [
        new TestedFormat<Q4_0>(PublishedLayouts.Q4_0, 0.09),
        new TestedFormat<Q4_1>(PublishedLayouts.Q4_1, 0.073),
        new TestedFormat<Q5_0>(PublishedLayouts.Q5_0, 0.042),
        new TestedFormat<Q5_1>(PublishedLayouts.Q5_1, 0.035),
        new TestedFormat<Q8_0>(PublishedLayouts.Q8_0, 0.0056),
        new TestedFormat<Q2_K>(PublishedLayouts.Q2_K, 0.28),
        new TestedFormat<Q3_K>(PublishedLayouts.Q3_K, 0.152),
        new TestedFormat<Q4_K>(PublishedLayouts.Q4_K, 0.074),
        new TestedFormat<Q5_K>(PublishedLayouts.Q5_K, 0.0365),
        new TestedFormat<Q6_K>(PublishedLayouts.Q6_K, 0.0183),
        new TestedFormat<IQ4_NL>(PublishedLayouts.IQ4_NL, 0.079),
        new TestedFormat<IQ4_XS>(PublishedLayouts.IQ4_XS, 0.08),
        new TestedFormat<MXFP4>(PublishedLayouts.MXFP4, 0.118),
    ];

    /// <summary>Decodes a block as published.</summary>
    public delegate float[] Decoder(ReadOnlySpan<byte> block);

    public abstract string Name { get; }

    public abstract int BlockSize { get; }

    public abstract int BlockBytes { get; }

    public abstract int GroupSize { get; }

    /// <summary>What the root mean square error may be of normally distributed numbers, in standard deviations.</summary>
    public abstract double Error { get; }

    public static TestedFormat Of(string name) => All.Single(format => format.Name == name);

    public abstract float[] Published(ReadOnlySpan<byte> block);

    public abstract Quantized Decode(ReadOnlySpan<byte> block, int i);

    public abstract byte[] Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance = default);

    /// <summary>Blocks of this format, dequantized by a kernel: values, codes, scales and offsets.</summary>
    public abstract (float[] Values, int[] Codes, float[] Scales, float[] Offsets) Run(Device device, byte[] blocks);

    public float[] RoundTrip(ReadOnlySpan<float> values, ReadOnlySpan<float> importance = default) => Published(Encode(values, importance));

    public override string ToString() => Name;
}
