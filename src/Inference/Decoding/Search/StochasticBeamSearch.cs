namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Draws continuations without replacement: each has a Gumbel number beside its log-probability, those of a beam's continuations are conditioned on
/// their largest being the beam's own, and the largest are kept (Kool et al., "Stochastic Beams and Where to Find Them", 2019, algorithm 1). The
/// first result is a plain sample of the model; all are distinct. Cost: that of a beam search with as many beams as results.
/// </summary>
public static class StochasticBeamSearch
{
    /// <summary>Draws as many continuations as <see cref="SearchOptions.Results"/>; <see cref="Hypothesis.Score"/> is their Gumbel number.</summary>
    /// <inheritdoc cref="BeamSearch.Run"/>
    public static IReadOnlyList<Hypothesis> Run(
        IScoredSequence prompt, ReadOnlySpan<int> tokens, SearchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        int most = Math.Min(options.MaxTokens, prompt.Capacity - tokens.Length);
        var stops = options.StopTokens.ToHashSet();
        using var set = new BeamSet(prompt, tokens, options);
        var finished = new List<Hypothesis>();
        var keys = new double[prompt.Vocabulary];
        for (int length = 0; length < most && set.Beams.Count > 0; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            finished.AddRange(set.Beams.Where(beam => beam.IsComplete).Select(beam => Ended(set, beam)));

            // Finished ones stay in the race with the numbers they have: beam -1 with their index for a token.
            var top = new TopCandidates(options.Results);
            for (int i = 0; i < finished.Count; i++)
                top.Add(new Candidate(-1, i, finished[i].LogProbability, finished[i].Score));
            for (int i = 0; i < set.Beams.Count; i++)
            {
                Beam beam = set.Beams[i];
                double parent = length == 0 ? GumbelNumbers.Draw(options.Seed, uint.MaxValue, 0, 0) : beam.Key;
                Condition(beam, parent, options.Seed, (uint)length, (uint)i, keys);
                for (int token = 0; token < keys.Length; token++)
                    top.Add(new Candidate(i, token, beam.LogProbability + beam.Next[token], keys[token]));
            }

            var next = new List<Hypothesis>();
            var open = new List<Candidate>();
            foreach (Candidate candidate in top.Kept)
            {
                if (candidate.Beam < 0)
                    next.Add(finished[candidate.Token]);
                else if (stops.Contains(candidate.Token))
                    next.Add(new Hypothesis(set.Continuation(set.Beams[candidate.Beam]), candidate.LogProbability, candidate.Key, true));
                else
                    open.Add(candidate);
            }

            finished = next;
            set.Advance(open);
        }

        finished.AddRange(set.Beams.Select(beam => Ended(set, beam)));
        return [.. finished.OrderByDescending(each => each.Score).Take(options.Results)];
    }

    private static Hypothesis Ended(BeamSet set, Beam beam) => new(set.Continuation(beam), beam.LogProbability, beam.Key, beam.IsComplete);

    // Gumbel numbers of the continuations, with the parent's for their maximum: section 4.1 and, for its numerics, appendix B.3.
    private static void Condition(Beam beam, double parent, uint seed, uint step, uint index, double[] keys)
    {
        double max = double.NegativeInfinity;
        for (int token = 0; token < keys.Length; token++)
        {
            keys[token] = float.IsNegativeInfinity(beam.Next[token])
                ? double.NegativeInfinity
                : beam.LogProbability + beam.Next[token] + GumbelNumbers.Draw(seed, step, index, (uint)token);
            max = Math.Max(max, keys[token]);
        }

        for (int token = 0; token < keys.Length; token++)
        {
            if (double.IsNegativeInfinity(keys[token]))
                continue;

            // The largest child is the parent exactly: there the formula's logarithm is of 0.
            if (keys[token] == max)
            {
                keys[token] = parent;
                continue;
            }

            double v = parent - keys[token] + Math.Log(-ExpM1(keys[token] - max));
            keys[token] = parent - Math.Max(0, v) - Math.Log(1 + Math.Exp(-Math.Abs(v)));
        }
    }

    // exp(x) - 1 for x of at most 0, without cancellation near 0.
    private static double ExpM1(double x) => x > -1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1;
}
