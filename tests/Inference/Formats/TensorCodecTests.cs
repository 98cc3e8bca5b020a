using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

public class TensorCodecTests
{
    // Relative error of normally distributed numbers, at most, by bits an element; the formats' own tests are stricter.
    private static readonly Dictionary<int, double> s_errors =
        new() { [2] = 0.3, [3] = 0.2, [4] = 0.14, [5] = 0.1, [6] = 0.05, [8] = 0.01, [16] = 0.005, [32] = 0 };

    public static TheoryData<GgmlType> Types() => [.. TensorCodecs.All.Select(codec => codec.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void BlocksAreThoseOfTheLayoutTable(GgmlType type)
    {
        TensorCodec codec = TensorCodecs.Of(type);
        Assert.Equal(GgmlTypeLayout.Of(type), codec.Layout);
        Assert.Equal(type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16), codec.IsQuantized);
        Assert.Equal(codec.IsQuantized, !codec.Fits((3 * codec.Layout.BlockSize) + 1));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void RowsOfManyBlocksComeBack(GgmlType type)
    {
        TensorCodec codec = TensorCodecs.Of(type);
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 1024).Select(_ => (float)Normal(random))], back = new float[values.Length];
        float[] importance = [.. values.Select(_ => random.NextSingle() + 0.5f)];
        var bytes = new byte[codec.RowBytes(values.Length)];
        codec.Encode(values, importance, bytes);
        codec.Decode(bytes, back);
        double error = Math.Sqrt(values.Zip(back, (x, y) => Math.Pow(x - y, 2)).Sum() / values.Sum(x => Math.Pow(x, 2)));
        Assert.InRange(error, 0, s_errors[(int)(8.0 * codec.Layout.BlockBytes / codec.Layout.BlockSize)]);
    }

    [Fact]
    public void OtherTypesCannotBeRead()
    {
        Assert.Null(TensorCodecs.TryGet(GgmlType.IQ1_S));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorCodecs.Of(GgmlType.I32));
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
