using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>A model small enough to enumerate: logits are drawn from the last two tokens.</summary>
internal sealed class ToySequence : IHiddenSequence, IAttendedSequence
{
    private readonly int _seed;
    private readonly List<int> _tokens;
    private readonly View1<float> _logits;
    private int _scored;

    public ToySequence(Device device, int vocabulary, int seed, IEnumerable<int>? tokens = null)
    {
        (Device, Vocabulary, _seed) = (device, vocabulary, seed);
        _tokens = [.. tokens ?? []];
        _logits = device.Allocate<float>(vocabulary);
        Alive++;
    }

    /// <summary>Sequences that have not been disposed of.</summary>
    public static int Alive { get; private set; }

    public int Length => _tokens.Count;

    public int Capacity => 64;

    public int Vocabulary { get; }

    public Device Device { get; }

    public int HiddenSize => 3;

    public int SourceLength => 2;

    /// <summary>The logits after tokens.</summary>
    public float[] Logits(IReadOnlyList<int> tokens)
    {
        int last = tokens.Count > 0 ? tokens[^1] : -1, before = tokens.Count > 1 ? tokens[^2] : -1;
        var random = new Random((_seed * 7919) + (last * 31) + before + 1000);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 4))];
    }

    /// <summary>Log-probabilities after tokens.</summary>
    public double[] LogProbabilities(IReadOnlyList<int> tokens)
    {
        float[] logits = Logits(tokens);
        double total = Math.Log(logits.Sum(x => Math.Exp(x)));
        return [.. logits.Select(x => x - total)];
    }

    public static float[] Hidden(int token) => [MathF.Cos(token), MathF.Sin(token), 0.3f * token];

    public View1<float> Score(ReadOnlySpan<int> tokens)
    {
        _tokens.AddRange(tokens);
        _scored = tokens.Length;
        _logits.CopyFrom(Logits(_tokens));
        return _logits;
    }

    public void Rollback(int length) => _tokens.RemoveRange(length, _tokens.Count - length);

    public IScoredSequence Fork() => new ToySequence(Device, Vocabulary, _seed, _tokens);

    public void ReadHidden(Span<float> states)
    {
        for (int i = 0; i < _scored; i++)
            Hidden(_tokens[^(_scored - i)]).CopyTo(states[(i * HiddenSize)..]);
    }

    // Each token attends to one of two source tokens.
    public void ReadAttention(Span<float> sums)
    {
        sums.Clear();
        foreach (int token in _tokens.Skip(2))
            sums[token % 2] += 1;
    }

    public void Dispose()
    {
        _logits.Memory!.Dispose();
        Alive--;
    }

    /// <summary>Every continuation: those a stop token ends, and those of full length, with their log-probabilities.</summary>
    public List<Hypothesis> Enumerate(int[] prompt, int most, int stop)
    {
        var all = new List<Hypothesis>();
        Go([], 0);
        return all;

        void Go(int[] sofar, double logProbability)
        {
            if (sofar.Length == most)
            {
                all.Add(new Hypothesis(sofar, logProbability, logProbability, false));
                return;
            }

            double[] next = LogProbabilities([.. prompt, .. sofar]);
            for (int token = 0; token < Vocabulary; token++)
            {
                if (token == stop)
                    all.Add(new Hypothesis(sofar, logProbability + next[token], logProbability + next[token], true));
                else
                    Go([.. sofar, token], logProbability + next[token]);
            }
        }
    }
}
