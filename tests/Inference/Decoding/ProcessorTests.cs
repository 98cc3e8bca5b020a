using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Every processor against its definition, written out for one token at a time.</summary>
public sealed class ProcessorTests : IDisposable
{
    private const int Vocabulary = 12;
    private const int PromptLength = 3;
    private const float Infinity = float.PositiveInfinity;

    // The text: a prompt of 5 1 2, then 7 1 2 3 1 2.
    private static readonly int[] s_tokens = [5, 1, 2, 7, 1, 2, 3, 1, 2];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Temperatures()
    {
        Compare(new Temperature(0.5f), (x, _) => x / 0.5);
        float[] logits = Logits();
        double entropy = Entropy(logits);
        Compare(new DynamicTemperature(0.5f, 2f, 1.5f), (x, _) => x / (0.5 + (1.5 * Math.Pow(entropy / Math.Log(Vocabulary), 1.5))));
        Compare(new EntropyTemperature(0.9f, 0.7f), (x, _) => x / (0.9 * Math.Pow(0.8, 0.7 / entropy)));
        Compare(new EntropyTemperature(0.9f, 0), (x, _) => x / 0.9);
    }

    [Fact]
    public void BiasesAndBans()
    {
        Compare(new LogitBias(new Dictionary<int, float> { [3] = 1.5f, [4] = -Infinity }), (x, id) => id == 3 ? x + 1.5 : id == 4 ? -Infinity : x);
        Compare(new BannedTokens([0, 11]), (x, id) => id is 0 or 11 ? -Infinity : x);
        Compare(new AllowedTokens([0, 11]), (x, id) => id is 0 or 11 ? x : -Infinity);
        Compare(new BadWords([[1, 2, 7], [2, 4], [9], [2, 1, 6]]), (x, id) => id is 7 or 4 or 9 ? -Infinity : x);
        Compare(new SequenceBias([([1, 2, 3], 2f), ([3, 3], 1f), ([6], -1f)]), (x, id) => id == 3 ? x + 2 : id == 6 ? x - 1 : x);
        Compare(new MinimumLength(7, [2, 8]), (x, id) => id is 2 or 8 ? -Infinity : x);
        Compare(new MinimumLength(6, [2, 8]), (x, _) => x);
        Compare(new MaximumLength(6, [2, 8]), (x, id) => id is 2 or 8 ? x : -Infinity);
        Compare(new MaximumLength(7, [2, 8]), (x, _) => x);
    }

    [Fact]
    public void Penalties()
    {
        Compare(new RepetitionPenalty(1.3f), (x, id) => s_tokens.Contains(id) ? (x > 0 ? x / 1.3 : x * 1.3) : x);
        Compare(new RepetitionPenalty(0.7f, 3), (x, id) => id is 3 or 1 or 2 ? (x > 0 ? x / 0.7 : x * 0.7) : x);
        Compare(new PromptBonus(1.3f), (x, id) => id is 5 or 1 or 2 ? (x > 0 ? x * 1.3 : x / 1.3) : x);
        int[] generated = s_tokens[PromptLength..];
        Compare(new OccurrencePenalty(0.2f, 0.5f), (x, id) => x - (0.2 * generated.Count(t => t == id)) - (generated.Contains(id) ? 0.5 : 0));
        Compare(new OccurrencePenalty(0.2f, -0.5f, 2, true), (x, id) => id is 1 or 2 ? x - 0.2 + 0.5 : x);
        Compare(new NoRepeatNGram(3), (x, id) => id is 7 or 3 ? -Infinity : x);
        Compare(new NoRepeatNGram(1), (x, id) => s_tokens.Contains(id) ? -Infinity : x);
        Compare(new NoRepeatNGram(3, 5), (x, id) => id == 3 ? -Infinity : x);

        // "1 2" came before 7, and before 3 with nothing more alike: two tokens of repetition each.
        Compare(new DryPenalty(0.8f, 2f, 1), (x, id) => id is 7 or 3 ? x - (0.8 * 2) : x);
        Compare(new DryPenalty(0.8f, 2f, 3), (x, _) => x);
        Compare(new DryPenalty(0.8f, 2f, 1) { Breakers = [1] }, (x, id) => id is 7 or 3 ? x - 0.8 : x);
        Compare(new DryPenalty(0.8f, 2f, 1) { Breakers = [2] }, (x, _) => x);
    }

    [Fact]
    public void SecondPasses()
    {
        float[] other = [.. Enumerable.Range(0, Vocabulary).Select(i => MathF.Sin(i * 3))];
        using var pass = new FixedPass(_device, other);
        Compare(new Guidance(pass, 0.5f), (x, id) => x + (0.5 * (x - other[id])));
        double bound = Logits().Max() + Math.Log(0.2);
        Compare(new Guidance(pass, 1f, 0.2f), (x, id) => x >= bound ? (2 * x) - other[id] : -Infinity);
        Assert.Equal(s_tokens[PromptLength..], pass.Generated);
    }

    // Order counts: bias then penalty, penalty then bias, temperature between.
    [Fact]
    public void ProcessorsActInTheirOrder()
    {
        var bias = new LogitBias(new Dictionary<int, float> { [1] = 2, [5] = -3 });
        var penalty = new RepetitionPenalty(1.5f);
        Func<double, int, double> biased = (x, id) => id == 1 ? x + 2 : id == 5 ? x - 3 : x;
        Func<double, int, double> penalized = (x, id) => s_tokens.Contains(id) ? (x > 0 ? x / 1.5 : x * 1.5) : x;
        Compare([bias, penalty], (x, id) => penalized(biased(x, id), id));
        Compare([penalty, bias], (x, id) => biased(penalized(x, id), id));
        Compare([new Temperature(0.5f), bias, new Temperature(2f), penalty], (x, id) => penalized(biased(x * 2, id) / 2, id));
        Compare([new AllowedTokens([1, 2, 3]), new BannedTokens([2]), new AllowedTokens([2, 3])], (x, id) => id == 3 ? x : -Infinity);
        int calls = 0;
        Compare([new Callback(context => calls += context.Generated)], (x, _) => x);
        Assert.Equal(6, calls);
    }

    public static TheoryData<string, LogitsProcessor> Wrong => new()
    {
        { "Value", new Temperature(0) },
        { "Value", new Temperature(float.NaN) },
        { "High", new DynamicTemperature(1, 0.5f) },
        { "Biases", new LogitBias(new Dictionary<int, float> { [12] = 1 }) },
        { "Biases", new LogitBias(new Dictionary<int, float> { [1] = float.NaN }) },
        { "Tokens", new BannedTokens([.. Enumerable.Range(0, 12)]) },
        { "Tokens", new AllowedTokens([]) },
        { "Words", new BadWords([[]]) },
        { "Penalty", new RepetitionPenalty(0) },
        { "Size", new NoRepeatNGram(0) },
        { "Base", new DryPenalty(1, 0.5f) },
        { "StopTokens", new MinimumLength(1, [-1]) },
        { "Frequency", new OccurrencePenalty(float.PositiveInfinity, 0) },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void SettingsOutOfRangeAreNamed(string name, LogitsProcessor processor)
    {
        DecodingPipeline pipeline = DecodingPipeline.Logits.With(processor).Greedy();
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new SequenceSampler(pipeline, _device, Vocabulary)).Message, StringComparison.Ordinal);
    }

    private static float[] Logits() => [.. Enumerable.Range(0, Vocabulary).Select(i => MathF.Cos(i * 2.3f) * 3)];

    private static double Entropy(float[] logits)
    {
        double total = logits.Sum(x => Math.Exp(x));
        return logits.Sum(x => Math.Exp(x) / total * (Math.Log(total) - x));
    }

    private void Compare(LogitsProcessor processor, Func<double, int, double> expected) => Compare([processor], expected);

    private void Compare(LogitsProcessor[] processors, Func<double, int, double> expected)
    {
        float[] logits = Logits();
        View1<float> view = _device.Upload<float>(logits);
        using var context = new LogitsContext(_device, Vocabulary);
        context.Begin(view, s_tokens, PromptLength);
        foreach (LogitsProcessor processor in processors)
        {
            processor.Validate(Vocabulary);
            processor.Process(context);
        }

        var found = new float[Vocabulary];
        context.ReadInto(found);
        for (int id = 0; id < Vocabulary; id++)
        {
            double value = expected(logits[id], id);
            if (double.IsInfinity(value))
                Assert.Equal(value, found[id]);
            else
                Assert.InRange(found[id] - value, -1e-5, 1e-5);
        }

        view.Memory!.Dispose();
    }

    private sealed class FixedPass(Device device, float[] logits) : ISecondPass, IDisposable
    {
        private readonly View1<float> _logits = device.Upload<float>(logits);

        public int[] Generated { get; private set; } = [];

        public View1<float> Score(ReadOnlySpan<int> generated)
        {
            Generated = generated.ToArray();
            return _logits;
        }

        public void Dispose() => _logits.Memory!.Dispose();
    }
}
