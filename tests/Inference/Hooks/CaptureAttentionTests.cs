using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Hooks;

/// <summary>Attention maps of every architecture, against softmax(QK) in double precision.</summary>
public sealed class CaptureAttentionTests
{
    // Queries and keys are sums of some dozen floats, of states that have gone through up to 26 layers of such; a window, cap or sink left out moves weights by a
    // hundred times as much.
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Names => [.. Definitions.All.Keys];

    // In one batch, one by one and in pieces: grouped heads, windows, soft caps, sinks, latent keys, both directions, two layers.
    [Theory]
    [MemberData(nameof(Names))]
    public void WeightsAreThoseOfTheDefinition(string name)
    {
        Definition definition = Definitions.All[name];
        var drawn = new DrawnModel(definition);
        int[] tokens = ArchitectureTests.Tokens(drawn, 41);
        var expected = new Dictionary<(int Layer, int Position, int Head), double[]>();
        new ReferenceDecoder(definition, drawn) { Attended = (layer, position, head, weights) => expected[(layer, position, head)] = weights }.Logits(tokens);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device);
        foreach (int piece in definition.Encoder ? [tokens.Length] : new[] { tokens.Length, 1, 7 })
        {
            using var hooks = new LayerHooks(model.Transformer, [.. Enumerable.Range(0, definition.Layers).Select(layer => new CaptureAttention(layer))]);
            ArchitectureTests.Run(model, tokens, piece);
            for (int layer = 0; layer < definition.Layers; layer++)
            {
                IReadOnlyList<AttentionMap> maps = hooks.Attention(layer);
                Assert.Equal(Enumerable.Range(0, tokens.Length), maps.Select(map => map.Position));
                foreach (AttentionMap map in maps)
                {
                    Assert.Equal(Enumerable.Range(0, definition.Heads), map.Heads);
                    for (int head = 0; head < definition.Heads; head++)
                        AssertNear(expected[(layer, map.Position, head)], map.Weights[head], $"layer {layer}, position {map.Position}, head {head}, pieces of {piece}");
                }
            }
        }
    }

    // What is added up with these weights is what attention's kernels add up: they look at the same keys, rounded in the cache or not, on every device.
    [Theory]
    [InlineData(CacheElement.Half, "cpu-1")]
    [InlineData(CacheElement.Q8_0, "cpu-1")]
    [InlineData(CacheElement.Float, "opencl")]
    [InlineData(CacheElement.Q8_0, "opencl")]
    public void RoundedKeysAreLookedAtAsTheyAre(CacheElement element, string deviceName)
    {
        using Device device = TestDevices.Open(deviceName), floats = TestDevices.Open("cpu-1");
        TinyModel tiny = new() { HeadDim = 32, RotaryDims = 32 };
        using LanguageModel model = tiny.Open(device, new ModelOptions { Cache = element }), exact = tiny.Open(floats);
        int[] tokens = [1, 259, 262, 260, 265, 266, 261];
        AttentionMap[] found = Maps(model, tokens), expected = Maps(exact, tokens);
        double most = element switch { CacheElement.Float => 1e-5, CacheElement.Half => 3e-3, _ => 5e-2 };
        double apart = found.Zip(expected).Max(pair => pair.First.Weights[0].Zip(pair.Second.Weights[0], (a, b) => Math.Abs(a - b)).Max());
        Assert.InRange(apart, element == CacheElement.Float ? 0 : most / 1000, most);

        static AttentionMap[] Maps(LanguageModel model, int[] tokens)
        {
            using var hooks = new LayerHooks(model.Transformer, new CaptureAttention(0) { Heads = [3] });
            Logits.Run(model, tokens);
            return [.. hooks.Attention(0)];
        }
    }

    // A node looks at its path and what stands before the tree, as if the path were a sequence of its own.
    [Theory]
    [InlineData("llama")]
    [InlineData("gemma2")]
    [InlineData("gpt-oss")]
    public void NodesOfATreeLookAtTheirPath(string name)
    {
        var drawn = new DrawnModel(Definitions.All[name]);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device);
        int[] prompt = ArchitectureTests.Tokens(drawn, 13);
        var tree = new TokenTree(5);
        int a = tree.Add(0, 6);
        tree.Add(a, 7);
        tree.Add(0, 8);
        tree = tree.InDepthFirstOrder(out _);
        using var hooks = new LayerHooks(model.Transformer, new CaptureAttention(1));
        using var sequence = new ModelSequence(model, 40);
        sequence.Score(prompt);
        hooks.Clear();
        sequence.ScoreTree(tree);
        AttentionMap[] nodes = [.. hooks.Attention(1)];
        for (int node = 0; node < tree.Count; node++)
        {
            var path = new List<int>();
            for (int at = node; at >= 0; at = tree.Parent(at))
                path.Insert(0, at);
            hooks.Clear();
            Logits.Run(model, [.. prompt, .. path.Select(tree.Token)]);
            AttentionMap alone = hooks.Attention(1)[^1];
            Assert.Equal(alone.Position, nodes[node].Position);
            for (int head = 0; head < alone.Heads.Count; head++)
            {
                float[] weights = nodes[node].Weights[head];
                AssertNear([.. alone.Weights[head].Select(x => (double)x)], [.. weights[..prompt.Length], .. path.Select(at => weights[prompt.Length + at])], $"node {node}, head {head}");
                Assert.Equal(alone.Weights[head].Sum(), weights.Sum(), 1e-5f);
            }
        }
    }

    [Fact]
    public void WrongLayersAndHeadsAreRefused()
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = new TinyModel().Open(device);
        foreach (CaptureAttention[] wrong in new CaptureAttention[][] { [new(2)], [new(-1)], [new(0) { Heads = [4] }], [new(0) { Heads = [-1] }], [new(1), new(1) { Heads = [0] }] })
            Assert.ThrowsAny<ArgumentException>(() => new LayerHooks(model.Transformer, wrong));
        using var hooks = new LayerHooks(model.Transformer, new CaptureAttention(1));
        Assert.Empty(hooks.Attention(1));
        Assert.Throws<ArgumentException>(() => hooks.Attention(0));
    }

    private static void AssertNear(double[] expected, float[] found, string what)
    {
        double[] padded = [.. found.Select(x => (double)x), .. new double[Math.Max(0, expected.Length - found.Length)]];
        double apart = padded.Select((x, i) => Math.Abs(x - (i < expected.Length ? expected[i] : 0))).Max();
        Assert.True(apart < Tolerance, $"{what}: {apart:e2} apart");
    }
}
