namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Contrastive search: of the most probable tokens, takes the one with the largest (1 - a) probability - a similarity, where similarity is the
/// largest cosine between the token's hidden state and those before it (Su et al., "A Contrastive Framework for Neural Text Generation", 2022,
/// equation 5). Cost: a forward pass a candidate and step.
/// </summary>
public static class ContrastiveSearch
{
    /// <summary>Searches.</summary>
    /// <param name="prompt">A sequence; it is left as it is. Nothing of the prompt need be in it.</param>
    /// <param name="tokens">The whole prompt.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Ends the search between steps.</param>
    /// <returns>The continuation; its score is its log-probability.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static Hypothesis Run(
        IHiddenSequence prompt, ReadOnlySpan<int> tokens, ContrastiveSearchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        int most = Math.Min(options.MaxTokens, prompt.Capacity - tokens.Length);
        using var sequence = (IHiddenSequence)prompt.Fork();
        using var scorer = new StepScorer(prompt.Device, prompt.Vocabulary, options.Processors, tokens.Length);
        var all = new List<int>(tokens.ToArray());
        var next = new float[prompt.Vocabulary];
        int size = prompt.HiddenSize;

        // All of the prompt goes in at once: each of its states is compared with.
        sequence.Rollback(0);
        bool isComplete = scorer.Score(sequence, tokens, tokens.ToArray(), next);
        var flat = new float[tokens.Length * size];
        sequence.ReadHidden(flat);
        var states = new List<float[]>();
        for (int i = 0; i < tokens.Length; i++)
            states.Add(Normalize(flat.AsSpan(i * size, size).ToArray()));

        double logProbability = 0;
        var tried = new float[prompt.Vocabulary];
        for (int length = 0; length < most; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var top = new TopCandidates(options.Candidates);
            for (int token = 0; token < next.Length; token++)
                top.Add(new Candidate(0, token, next[token], next[token]));
            if (isComplete)
                return new Hypothesis(all[tokens.Length..], logProbability, logProbability, true);
            if (top.Kept.Count == 0)
                throw new InvalidOperationException("No token is left: the search's processors ban every one.");
            int at = sequence.Length;
            double bestScore = double.NegativeInfinity;
            int best = -1;
            float[] bestState = [], bestNext = [];
            bool bestIsComplete = false;
            foreach (Candidate candidate in top.Kept)
            {
                all.Add(candidate.Token);
                bool completes = scorer.Score(sequence, [candidate.Token], all.ToArray(), tried);
                var state = new float[size];
                sequence.ReadHidden(state);
                Normalize(state);
                double similarity = states.Max(each => Dot(each, state));
                double score = ((1 - options.Penalty) * Math.Exp(candidate.LogProbability)) - (options.Penalty * similarity);
                if (score > bestScore)
                    (bestScore, best, bestState, bestNext, bestIsComplete) = (score, candidate.Token, state, [.. tried], completes);
                all.RemoveAt(all.Count - 1);
                sequence.Rollback(at);
            }

            logProbability += next[best];
            if (options.StopTokens.Contains(best))
                return new Hypothesis(all[tokens.Length..], logProbability, logProbability, true);
            all.Add(best);
            states.Add(bestState);
            sequence.Score([best]);
            (next, isComplete) = (bestNext, bestIsComplete);
        }

        return new Hypothesis(all[tokens.Length..], logProbability, logProbability, isComplete);
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    private static float[] Normalize(float[] state)
    {
        double norm = Math.Sqrt(Dot(state, state));
        for (int i = 0; i < state.Length; i++)
            state[i] = norm == 0 ? 0 : (float)(state[i] / norm);
        return state;
    }
}
