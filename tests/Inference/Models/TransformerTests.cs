using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>The transformer against its papers in double precision, on every device.</summary>
public class TransformerTests
{
    // Rounding in some hundred float operations a logit; a wrong index, sign or constant is off by far more.
    private const double FloatTolerance = 2e-5;

    private static readonly int[] s_tokens = [1, 262, 268, 259, 263, 261, 270, 3, 264, 262, 262, 2, 266, 267, 269, 100, 258, 265, 260];

    private static readonly GgmlType[] s_types = [GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0];

    private static readonly Dictionary<string, ModelArchitecture> s_architectures = new()
    {
        ["llama"] = ModelArchitectures.Llama,
        ["half-split"] = new() { Name = "t", Rotary = RotaryKind.HalfSplit },
        ["window"] = new() { Name = "t" },
        ["layer-norm"] = new() { Name = "t", Norm = NormKind.LayerNorm, NormEpsilonKey = "attention.layer_norm_epsilon" },
        ["geglu-scaled"] = new() { Name = "t", FeedForward = FeedForwardKind.GeGlu, ScalesEmbeddings = true },
        ["names"] = new() { Name = "t", Tensors = new() { Query = "layers.{0}.wq", TokenEmbedding = "embeddings" } },
    };

    public static TheoryData<string, string> ArchitecturesAndDevices =>
        [.. s_architectures.Keys.SelectMany(_ => TestDevices.Names, (architecture, device) => (architecture, device.Data))];

    public static TheoryData<GgmlType, string> TypesAndDevices =>
        [.. s_types.SelectMany(_ => TestDevices.Names, (type, device) => (type, device.Data))];

    public static TheoryData<string> Devices => TestDevices.Names;

    [Theory]
    [MemberData(nameof(ArchitecturesAndDevices))]
    public void EveryArchitectureGivesItsPapersLogits(string architecture, string deviceName)
    {
        var tiny = new TinyModel(s_architectures[architecture]) { Tied = architecture != "half-split", Window = architecture == "window" ? 5 : 0 };
        CheckAgainstOracle(tiny, deviceName, FloatTolerance);
    }

    [Theory]
    [MemberData(nameof(TypesAndDevices))]
    public void EveryWeightTypeGivesTheLogitsOfItsNumbers(GgmlType type, string deviceName)
    {
        // Instructions on matrices round activations to the weights' type: to eleven bits, or to eight.
        double tolerance = (deviceName, type) switch { ("cuda", GgmlType.F16) => 5e-3, ("cuda", GgmlType.BF16) => 4e-2, _ => FloatTolerance };
        CheckAgainstOracle(new TinyModel { Type = type, Seed = 11 }, deviceName, tolerance, new ModelOptions { Activations = ActivationRounding.None });
    }

    // Where a sum of floats lies near the middle of two codes, it may be rounded to either.
    [Theory]
    [InlineData(GgmlType.Q8_0, 1)]
    [InlineData(GgmlType.Q8_0, 2)]
    [InlineData(GgmlType.Q4_0, 1)]
    [InlineData(GgmlType.Q4_0, 2)]
    public void ActivationsAreRoundedToEightBits(GgmlType type, int threads)
    {
        var tiny = new TinyModel { Type = type, Seed = 11 };
        using Device device = TestDevices.Open($"cpu-{threads}");
        using LanguageModel model = tiny.Open(device);
        double[][] rounded = new NaiveTransformer(tiny) { RoundsInGroupsOf = 32 }.Logits(s_tokens), exact = tiny.Oracle().Logits(s_tokens);
        foreach (int piece in new[] { 1, s_tokens.Length })
        {
            float[][] logits = Logits.Run(model, s_tokens, piece);
            Assert.InRange(Logits.Error(rounded, logits), 0, 1e-3);
            Assert.NotInRange(Logits.Error(exact, logits), 0, 1e-3);
        }
    }

    [Theory]
    [InlineData(4, 4, 8, 8)]
    [InlineData(4, 1, 8, 4)]
    [InlineData(3, 1, 6, 2)]
    [InlineData(6, 2, 80, 64)]
    public void AnyGroupingAndHeadDimWorks(int heads, int kvHeads, int headDim, int rotaryDims)
    {
        var tiny = new TinyModel
        {
            Heads = heads,
            KeyValueHeads = kvHeads,
            HeadDim = headDim,
            RotaryDims = rotaryDims,
            RotaryScale = 0.25f,
            FeedForward = 37,
        };
        CheckAgainstOracle(tiny, "cpu-2", FloatTolerance);
        CheckAgainstOracle(tiny, "reference", FloatTolerance);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void PiecesOfAPromptGiveTheLogitsOfTheWhole(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        var tiny = new TinyModel();
        double[][] expected = tiny.Oracle().Logits(s_tokens);
        foreach (int batch in new[] { 1, 2, 7, 64 })
        {
            using LanguageModel model = tiny.Open(device, new ModelOptions { PrefillBatch = batch });
            foreach (int piece in new[] { 1, 5, s_tokens.Length })
                Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens, piece)), 0, FloatTolerance);
        }
    }

    // Instructions on matrices round queries and weights of attention too.
    [Theory]
    [MemberData(nameof(Devices))]
    public void HalfCachesLoseLittle(string deviceName) =>
        CheckAgainstOracle(new TinyModel(), deviceName, deviceName == "cuda" ? 4e-3 : 2e-3, new ModelOptions { Cache = CacheElement.Half });

    // Three bits less than halves, so about eight times their loss.
    [Theory]
    [MemberData(nameof(Devices))]
    public void BFloat16CachesLoseMore(string deviceName) =>
        CheckAgainstOracle(new TinyModel(), deviceName, 2.4e-2, new ModelOptions { Cache = CacheElement.BFloat16 });

    [Fact]
    public void LogitsOfTheLastTokensAreThoseOfAllTokens()
    {
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = new TinyModel().Open(device, new ModelOptions { PrefillBatch = 4 });
        float[][] all = Logits.Run(model, s_tokens);
        for (int wanted = 0; wanted <= 9; wanted++)
        {
            using KvCache cache = model.Transformer.CreateCache(s_tokens.Length);
            View2<float> last = device.Allocate<float>(wanted, model.Configuration.VocabularySize);
            model.Transformer.Forward(s_tokens, cache, last);
            Assert.Equal(s_tokens.Length, cache.Length);
            Assert.InRange(Logits.Error(all[^wanted..].Select(Widen), last.ToArray().Chunk(all[0].Length)), 0, FloatTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void ARolledBackCacheGoesOnAsIfNothingHadBeen(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        var tiny = new TinyModel();
        using LanguageModel model = tiny.Open(device);
        using KvCache cache = model.Transformer.CreateCache(tiny.Context);
        Logits.Continue(model, cache, s_tokens);
        cache.Rollback(6);
        Assert.Equal(6, cache.Length);
        int[] other = [.. s_tokens[..6], 270, 5, 261];
        double[][] expected = tiny.Oracle().Logits(other);
        Assert.InRange(Logits.Error(expected[6..], Logits.Continue(model, cache, other.AsSpan(6), 2)), 0, FloatTolerance);
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Rollback(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Rollback(-1));
    }

    [Fact]
    public void ManyKeysAreAttendedInSplits()
    {
        // 600 keys make three splits of a decoded token's attention.
        var tiny = new TinyModel { Context = 700, Layers = 1 };
        int[] tokens = [.. Enumerable.Range(0, 603).Select(i => 3 + (i * 31 % 256))];
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = tiny.Open(device);
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        Logits.Continue(model, cache, tokens.AsSpan(0, 600));
        double[][] expected = tiny.Oracle().Logits(tokens);
        Assert.InRange(Logits.Error(expected[600..], Logits.Continue(model, cache, tokens.AsSpan(600), 1)), 0, FloatTolerance);
    }

    [Fact]
    public void CachesAreIndependent()
    {
        var tiny = new TinyModel();
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = tiny.Open(device);
        using KvCache first = model.Transformer.CreateCache(20);
        using KvCache second = model.Transformer.CreateCache(20);
        int[] other = [.. s_tokens.Reverse()];
        var firstLogits = new List<float[]>();
        var secondLogits = new List<float[]>();
        for (int i = 0; i < s_tokens.Length; i += 3)
        {
            int end = Math.Min(i + 3, s_tokens.Length);
            firstLogits.AddRange(Logits.Continue(model, first, s_tokens.AsSpan(i..end)));
            secondLogits.AddRange(Logits.Continue(model, second, other.AsSpan(i..end)));
        }

        Assert.InRange(Logits.Error(tiny.Oracle().Logits(s_tokens), firstLogits), 0, FloatTolerance);
        Assert.InRange(Logits.Error(tiny.Oracle().Logits(other), secondLogits), 0, FloatTolerance);
    }

    [Fact]
    public void ThreadCountsGiveTheSameBits()
    {
        float[][]? first = null;
        foreach (string name in new[] { "cpu-1", "cpu-2", "cpu-3" })
        {
            using Device device = TestDevices.Open(name);
            using LanguageModel model = new TinyModel { Type = GgmlType.Q8_0 }.Open(device);
            float[][] logits = Logits.Run(model, s_tokens, 5);
            first ??= logits;
            Assert.Equal(first, logits);
        }
    }

    [Fact]
    public void ADecodedTokenAllocatesNothing()
    {
        using Device device = TestDevices.Open("cpu-2");
        foreach (GgmlType type in new[] { GgmlType.F32, GgmlType.Q4_0 })
        {
            using LanguageModel model = new TinyModel { Type = type, Context = 2000 }.Open(device);
            SteadyDecode.AllocatesNothing(model);
        }
    }

    [Fact]
    public void WeightsAreUsedInPlaceOnTheHost()
    {
        // Changing the file's bytes after opening changes the model: nothing was copied.
        var tiny = new TinyModel();
        byte[] bytes = tiny.Build();
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(new GgufFile(bytes), device);
        float[] before = Logits.Run(model, [1])[0];
        byte[] table = tiny.Tensors["token_embd.weight"].Bytes;
        bytes.AsSpan(bytes.AsSpan().IndexOf(table), table.Length).Clear();
        Assert.NotEqual(before, Logits.Run(model, [1])[0]);
    }

    [Fact]
    public void WrongCallsSayWhatIsWrong()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        int vocabulary = model.Configuration.VocabularySize;
        using KvCache cache = model.Transformer.CreateCache(3);
        View2<float> logits = Device.Reference.Allocate<float>(1, vocabulary);
        Assert.Throws<ArgumentException>("tokens", () => model.Transformer.Forward([], cache, logits));
        foreach (int id in new[] { -1, vocabulary, int.MaxValue, int.MinValue })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>("tokens", () => model.Transformer.Forward([1, id], cache, logits));
            Assert.Contains($"0 to {vocabulary - 1}", error.Message, StringComparison.Ordinal);
        }

        foreach (var (rows, columns) in new[] { (2, vocabulary), (1, vocabulary - 1) })
        {
            View2<float> other = Device.Reference.Allocate<float>(rows, columns);
            Assert.Throws<ArgumentException>("logits", () => model.Transformer.Forward([1], cache, other));
        }

        var full = Assert.Throws<InvalidOperationException>(() => model.Transformer.Forward([1, 2, 3, 4], cache, logits));
        Assert.Contains("no room for 4", full.Message, StringComparison.Ordinal);
        Assert.Equal(0, cache.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Transformer.CreateCache(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Transformer.CreateCache(49));
        Assert.Throws<OperationCanceledException>(() => model.Transformer.Forward([1], cache, logits, null, new CancellationToken(true)));
    }

    private static double[] Widen(float[] row) => [.. row.Select(x => (double)x)];

    private static void CheckAgainstOracle(TinyModel tiny, string deviceName, double tolerance, ModelOptions? options = null)
    {
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = tiny.Open(device, options);
        double[][] expected = tiny.Oracle().Logits(s_tokens);
        Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens)), 0, tolerance);
        Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens, 1)), 0, tolerance);
    }
}
