using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Every architecture, as a tiny drawn model in a GGUF file, against its definition in double precision.</summary>
public class ArchitectureTests
{
    // Rounding in some hundred float operations a logit; a wrong index, sign or constant is off by far more.
    private const double Tolerance = 2e-5;

    // More than a block of the cache.
    private const int Attended = KvBlockPool.BlockTokens + 9;

    public static TheoryData<string> Names => [.. Definitions.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void LogitsAreThoseOfTheDefinition(string name)
    {
        var drawn = new DrawnModel(Definitions.All[name]);
        int[] tokens = Tokens(drawn, Attended);
        double[][] expected = new ReferenceDecoder(Definitions.All[name], drawn).Logits(tokens);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device);
        foreach (int piece in new[] { tokens.Length, 1, 7 })
            Assert.InRange(Logits.Error(expected, Run(model, tokens, piece)), 0, Tolerance);
    }

    // Those whose launches differ.
    [Theory]
    [InlineData("gemma2", "reference")]
    [InlineData("gemma2", "opencl")]
    [InlineData("gemma2", "cuda")]
    [InlineData("gemma3", "opencl")]
    [InlineData("phi2", "opencl")]
    [InlineData("phi3, LongRoPE of part of a head (Phi-4-mini)", "opencl")]
    [InlineData("gpt2", "cuda")]
    [InlineData("gptneox", "opencl")]
    [InlineData("olmo2", "cuda")]
    [InlineData("granite", "opencl")]
    public void OtherDevicesAgree(string name, string deviceName)
    {
        var drawn = new DrawnModel(Definitions.All[name]);
        int[] tokens = Tokens(drawn, 11);
        double[][] expected = new ReferenceDecoder(Definitions.All[name], drawn).Logits(tokens);
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device);
        foreach (int piece in new[] { 8, 1 })
            Assert.InRange(Logits.Error(expected, Run(model, tokens, piece)), 0, Tolerance);
    }

    // Where a sum of floats lies near the middle of two codes, it may be rounded to either.
    [Theory]
    [InlineData("llama, experts (Mixtral)", GgmlType.Q8_0)]
    [InlineData("qwen2moe", GgmlType.Q4_0)]
    [InlineData("gpt-oss", GgmlType.MXFP4)]
    [InlineData("phi3", GgmlType.Q8_0)]
    [InlineData("gemma3", GgmlType.Q4_0)]
    [InlineData("olmo2", GgmlType.Q8_0)]
    [InlineData("granite", GgmlType.Q8_0)]
    [InlineData("gptneox", GgmlType.Q8_0)]
    public void QuantizedWeightsMeetRoundedActivations(string name, GgmlType type)
    {
        foreach (bool rounds in new[] { true, false })
        {
            var drawn = new DrawnModel(Definitions.All[name], type) { RoundsActivations = rounds };
            int[] tokens = Tokens(drawn, 19);
            double[][] expected = new ReferenceDecoder(Definitions.All[name], drawn).Logits(tokens);
            using Device device = TestDevices.Open("cpu-2");
            var options = new ModelOptions { Activations = rounds ? ActivationRounding.Int8 : ActivationRounding.None };
            using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device, options);
            foreach (int piece in new[] { tokens.Length, 1, 7 })
                Assert.InRange(Logits.Error(expected, Run(model, tokens, piece)), 0, rounds ? 5e-3 : Tolerance);
        }
    }

    [Theory]
    [InlineData("gemma2")]
    [InlineData("gptneox")]
    [InlineData("qwen3moe")]
    [InlineData("deepseek2, V3")]
    public void ADecodedTokenAllocatesNothing(string name)
    {
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(new DrawnModel(Definitions.All[name] with { Context = 400 }).Build(), name), device);
        SteadyDecode.AllocatesNothing(model);
    }

    [Fact]
    public void EveryArchitectureIsTested() =>
        Assert.Equal(ModelArchitectures.All.Select(a => a.Name).Order(), Definitions.All.Values.Select(d => d.Name).Distinct().Order());

    /// <summary>Logits, or the states an encoder gives, of the whole sequence at once.</summary>
    internal static float[][] Run(LanguageModel model, int[] tokens, int piece)
    {
        if (model.Configuration.Architecture.Attention != AttentionKind.Bidirectional)
            return Logits.Run(model, tokens, piece);
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        View2<float> hidden = model.Device.Allocate<float>(tokens.Length, model.Configuration.EmbeddingLength);
        model.Transformer.Encode(tokens, cache, hidden);
        float[][] rows = [.. hidden.ToArray().Chunk(model.Configuration.EmbeddingLength)];
        hidden.Memory!.Dispose();
        return rows;
    }

    internal static int[] Tokens(DrawnModel drawn, int count) => [1, .. Enumerable.Range(1, count - 1).Select(i => (i * 7919 + 13) % drawn.Vocabulary)];
}
