namespace KernelFoundry.Inference.Models;

/// <summary>
/// Chooses the experts of tokens and groups the tokens by expert, so that an expert's weights are read once a batch. It runs on the host, in double precision: what
/// is launched depends on what it finds.
/// </summary>
internal sealed class ExpertRouter(ExpertConfiguration experts, int capacity)
{
    private readonly double[] _affinities = new double[experts.Count];
    private readonly double[] _scores = new double[experts.Count];
    private readonly double[] _groups = new double[experts.Groups];
    private readonly int[] _chosen = new int[capacity * experts.Used];
    private readonly int[] _starts = new int[experts.Count + 1];

    /// <summary>A token for each slot, grouped by expert, [tokens * used].</summary>
    public int[] Tokens { get; } = new int[capacity * experts.Used];

    /// <summary>Where a token's experts are among the slots, [tokens, used].</summary>
    public int[] Slots { get; } = new int[capacity * experts.Used];

    /// <summary>Weights of a token's experts, [tokens, used].</summary>
    public float[] Weights { get; } = new float[capacity * experts.Used];

    /// <summary>The first slot of an expert; that of the next is its end.</summary>
    public int Start(int expert) => _starts[expert];

    /// <summary>Routes tokens.</summary>
    /// <param name="logits">The router's logits, [tokens, experts].</param>
    /// <param name="selectionBias">Added to affinities where experts are chosen, not where they are weighed, [experts]; empty for none. Wang et al., "Auxiliary-Loss-Free Load Balancing", 2024.</param>
    public void Route(ReadOnlySpan<float> logits, ReadOnlySpan<float> selectionBias)
    {
        int tokens = logits.Length / experts.Count;
        Array.Clear(_starts);
        for (int token = 0; token < tokens; token++)
            Choose(logits.Slice(token * experts.Count, experts.Count), selectionBias, token * experts.Used);
        for (int expert = 0; expert < experts.Count; expert++)
            _starts[expert + 1] += _starts[expert];

        // A counting sort, stable: the order of a batch's tokens is kept.
        for (int i = (tokens * experts.Used) - 1; i >= 0; i--)
        {
            int slot = --_starts[_chosen[i] + 1];
            Tokens[slot] = i / experts.Used;
            Slots[i] = slot;
        }

        // Each start has come down to where its expert begins, one place too far on.
        Array.Copy(_starts, 1, _starts, 0, experts.Count);
        _starts[experts.Count] = tokens * experts.Used;
    }

    private void Choose(ReadOnlySpan<float> logits, ReadOnlySpan<float> selectionBias, int first)
    {
        ComputeAffinities(logits);
        for (int i = 0; i < _scores.Length; i++)
            _scores[i] = _affinities[i] + (selectionBias.IsEmpty ? 0 : selectionBias[i]);
        if (experts.Groups > 1)
            LeaveGroups(sumsTwo: !selectionBias.IsEmpty);
        double sum = 0;
        for (int j = 0; j < experts.Used; j++)
        {
            int best = Largest(_scores);
            _scores[best] = double.NegativeInfinity;
            _chosen[first + j] = best;
            _starts[best + 1]++;
            sum += _affinities[best];
        }

        double factor = experts.NormalizesWeights ? experts.Scale / Math.Max(sum, 1e-20) : experts.Scale;
        for (int j = 0; j < experts.Used; j++)
            Weights[first + j] = (float)(_affinities[_chosen[first + j]] * factor);
    }

    private void ComputeAffinities(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        for (int i = 0; i < logits.Length; i++)
        {
            _affinities[i] = experts.Gate == ExpertGate.Sigmoid ? 1 / (1 + Math.Exp(-logits[i])) : Math.Exp(logits[i] - largest);
            sum += _affinities[i];
        }

        for (int i = 0; i < logits.Length && experts.Gate == ExpertGate.Softmax; i++)
            _affinities[i] /= sum;
    }

    // A group counts as its best expert does (DeepSeek-V2, 2024, section 2.2.2), or its two best together where choices are balanced by a bias (DeepSeek-V3, 2024, section 2.1.2).
    private void LeaveGroups(bool sumsTwo)
    {
        int size = experts.Count / experts.Groups;
        for (int group = 0; group < experts.Groups; group++)
        {
            double best = double.NegativeInfinity, second = double.NegativeInfinity;
            foreach (double score in _scores.AsSpan(group * size, size))
            {
                second = Math.Max(second, Math.Min(best, score));
                best = Math.Max(best, score);
            }

            _groups[group] = sumsTwo && size > 1 ? best + second : best;
        }

        for (int left = 0; left < experts.UsedGroups; left++)
            _groups[Largest(_groups)] = double.NegativeInfinity;
        for (int group = 0; group < experts.Groups; group++)
        {
            if (!double.IsNegativeInfinity(_groups[group]))
                _scores.AsSpan(group * size, size).Fill(double.NegativeInfinity);
        }
    }

    // The lowest of those that tie. Damaged models give NaN, which is never the largest; one must be given all the same.
    private static int Largest(double[] values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best] || double.IsNaN(values[best]))
                best = i;
        }

        return best;
    }
}
