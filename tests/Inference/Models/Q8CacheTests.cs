using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Caches in Q8_0, against the transformer of the papers with keys and values rounded where they are kept.</summary>
public class Q8CacheTests
{
    // Rounding in some hundred float operations a logit; a wrong code or scale is off by far more.
    private const double Tolerance = 1e-5;

    // Of 77,000 numbers some lie so near half a code that floats and doubles round them to different sides.
    private const double ToleranceOfMany = 2e-4;

    // Keys and values are off by up to half a 127th of the largest of their block; the worst of 19 rows of logits was off by 4.1e-2.
    private const double Loss = 5e-2;

    private static readonly int[] s_tokens = [1, 262, 268, 259, 263, 261, 270, 3, 264, 262, 262, 2, 266, 267, 269, 100, 258, 265, 260];

    private static readonly ModelOptions s_options = new() { Cache = CacheElement.Q8_0 };

    public static TheoryData<string> Devices => TestDevices.Names;

    [Theory]
    [MemberData(nameof(Devices))]
    public void LogitsAreThoseOfRoundedKeysAndValues(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        foreach (TinyModel tiny in new[] { Tiny(), new TinyModel { HeadDim = 96, RotaryDims = 80, Heads = 6, KeyValueHeads = 3, Seed = 3 } })
        {
            using LanguageModel model = tiny.Open(device, s_options);
            double[][] expected = Oracle(tiny).Logits(s_tokens);
            double prefill = Logits.Error(expected, Logits.Run(model, s_tokens)), decode = Logits.Error(expected, Logits.Run(model, s_tokens, 1));
            TestContext.Current.TestOutputHelper?.WriteLine($"relative error: prefill {prefill:e2}, decode {decode:e2}");
            Assert.InRange(prefill, 0, Tolerance);
            Assert.InRange(decode, 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void LittleIsLostAgainstFloats(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel floats = Tiny().Open(device), quantized = Tiny().Open(device, s_options);
        double[][] expected = [.. Logits.Run(floats, s_tokens).Select(row => row.Select(x => (double)x).ToArray())];
        double lost = Logits.Error(expected, Logits.Run(quantized, s_tokens));
        TestContext.Current.TestOutputHelper?.WriteLine($"relative error: {lost:e2}");
        Assert.InRange(lost, Loss / 10, Loss);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void ARolledBackCacheGoesOnAsIfNothingHadBeen(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        TinyModel tiny = Tiny();
        using LanguageModel model = tiny.Open(device, s_options);
        using KvCache cache = model.Transformer.CreateCache(tiny.Context);
        Logits.Continue(model, cache, s_tokens);
        cache.Rollback(6);
        int[] other = [.. s_tokens[..6], 270, 5, 261];
        double[][] expected = Oracle(tiny).Logits(other);
        Assert.InRange(Logits.Error(expected[6..], Logits.Continue(model, cache, other.AsSpan(6), 2)), 0, Tolerance);
        Assert.Equal(other.Length, cache.Length);
    }

    [Fact]
    public void ManyKeysAreAttendedInSplits()
    {
        var tiny = new TinyModel { HeadDim = 64, RotaryDims = 64, Context = 700, Layers = 1 };
        int[] tokens = [.. Enumerable.Range(0, 603).Select(i => 3 + (i * 31 % 256))];
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = tiny.Open(device, s_options);
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        Logits.Continue(model, cache, tokens.AsSpan(0, 600));
        double[][] expected = Oracle(tiny).Logits(tokens);
        Assert.InRange(Logits.Error(expected[600..], Logits.Continue(model, cache, tokens.AsSpan(600), 1)), 0, ToleranceOfMany);
    }

    [Fact]
    public void ADecodedTokenAllocatesNothing()
    {
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = new TinyModel { HeadDim = 64, RotaryDims = 64, Context = 2000 }.Open(device, s_options);
        SteadyDecode.AllocatesNothing(model);
    }

    // 2 layers of keys and values, 2 heads of 64 each.
    [Theory]
    [InlineData(CacheElement.Float, 2048)]
    [InlineData(CacheElement.Half, 1024)]
    [InlineData(CacheElement.BFloat16, 1024)]
    [InlineData(CacheElement.Q8_0, 544)]
    public void CachesTakeTheBytesOfTheirElements(CacheElement element, int bytesAPosition)
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = Tiny().Open(device, new ModelOptions { Cache = element });
        using KvCache cache = model.Transformer.CreateCache(10);
        Assert.Equal(KvBlockPool.BlockTokens * bytesAPosition, cache.ByteLength);
        Assert.Equal(bytesAPosition, element.ToElement().Bytes(2 * 2 * 2 * 64));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(80)]
    public void HeadsThatAreNoWholeBlocksAreRefusedByTheirDim(int headDim)
    {
        var tiny = new TinyModel { HeadDim = headDim, RotaryDims = 8 };
        var error = Assert.Throws<NotSupportedException>(() => tiny.Open(Device.Reference, s_options));
        Assert.Contains($"head dim is {headDim}", error.Message, StringComparison.Ordinal);
        Assert.Contains("Q8_0", error.Message, StringComparison.Ordinal);
    }

    private static TinyModel Tiny() => new() { HeadDim = 64, RotaryDims = 64 };

    private static NaiveTransformer Oracle(TinyModel tiny) => new(tiny) { Stored = Rounded };

    // ggml's quantize_row_q8_0_ref: the scale is stored as a half, codes are those of the scale before.
    private static double[] Rounded(double[] row) => [.. row.Chunk(32).SelectMany(block =>
    {
        double scale = block.Max(Math.Abs) / 127;
        return block.Select(x => (double)(Half)scale * (scale == 0 ? 0 : Math.Round(x / scale, MidpointRounding.AwayFromZero)));
    })];
}
