using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Batching;

/// <summary>A sequence's logits, bit for bit, however its tokens are cut into steps.</summary>
public sealed class BatchInvarianceTests
{
    private static readonly string[] s_devices = ["cpu-1", "cpu-3"];

    private static readonly GgmlType[] s_types =
    [
        GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q2_K, GgmlType.Q3_K,
        GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K, GgmlType.IQ4_NL, GgmlType.IQ4_XS, GgmlType.MXFP4,
    ];

    public static TheoryData<GgmlType, CacheElement, ActivationRounding> Formats
    {
        get
        {
            var data = new TheoryData<GgmlType, CacheElement, ActivationRounding>();
            foreach (GgmlType type in s_types)
            {
                data.Add(type, CacheElement.Half, ActivationRounding.Int8);
                data.Add(type, CacheElement.Q8_0, ActivationRounding.None);
            }

            return data;
        }
    }

    public static TheoryData<string> Decoders =>
        [.. Definitions.All.Where(d => ModelArchitectures.All.Single(a => a.Name == d.Value.Name).Attention != AttentionKind.Bidirectional).Select(d => d.Key)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void EveryFormat(GgmlType type, CacheElement cache, ActivationRounding rounding)
    {
        Check(() => ModelOf(type), new ModelOptions { Cache = cache, Activations = rounding, BatchInvariant = true }, count: 300);
    }

    // What batches rely on: these formats are as fast alone as they are anyway.
    [Theory]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q4_0)]
    public void FormatsThatNeedNoOption(GgmlType type) => Check(() => ModelOf(type), new ModelOptions(), count: 40);

    [Theory]
    [MemberData(nameof(Decoders))]
    public void EveryArchitecture(string name) => Check(
        () => new GgufFile(new DrawnModel(Definitions.All[name] with { Context = 400 }).Build(), name), new ModelOptions { BatchInvariant = true }, count: 150);

    private static GgufFile ModelOf(GgmlType type) =>
        new(new DrawnModel(Definitions.All["llama"] with { Context = 400, Embedding = 512, HeadDim = 64, RotaryDims = 64, FeedForward = 768 }, type).Build(), "drawn");

    private static void Check(Func<GgufFile> file, ModelOptions options, int count)
    {
        foreach (string name in s_devices)
        {
            using Device device = TestDevices.Open(name);
            using LanguageModel model = LanguageModel.Open(file(), device, options);
            int[] tokens = [1, .. Enumerable.Range(1, count - 1).Select(i => ((i * 7919) + 13) % model.Configuration.VocabularySize)];
            float[][] all = Logits.Run(model, tokens);
            foreach (int piece in new[] { 1, 7 })
            {
                float[][] cut = Logits.Run(model, tokens, piece);
                for (int i = 0; i < all.Length; i++)
                    Assert.True(all[i].AsSpan().SequenceEqual(cut[i]), $"{name}: token {i} in pieces of {piece}");
            }
        }
    }
}
