namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Beam search for continuations that include given phrases: beside the most probable tokens, those that a phrase needs next are candidates, and
/// the beams are shared out among the numbers of phrase tokens met (Post and Vilar, "Fast Lexically Constrained Decoding with Dynamic Beam
/// Allocation", 2018, algorithms 1 and 2). Cost: that of a beam search, however many phrases.
/// </summary>
public static class ConstrainedBeamSearch
{
    /// <summary>Searches. The results include every phrase; there are none if no continuation that was worked on did.</summary>
    /// <inheritdoc cref="BeamSearch.Run"/>
    public static IReadOnlyList<Hypothesis> Run(
        IScoredSequence prompt, ReadOnlySpan<int> tokens, ConstrainedSearchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        foreach (int token in options.Phrases.SelectMany(phrase => phrase))
        {
            if ((uint)token >= (uint)prompt.Vocabulary)
                throw new ArgumentException($"{nameof(options.Phrases)} has token {token}; ids run from 0 to {prompt.Vocabulary - 1}.", nameof(options));
        }

        int most = Math.Min(options.MaxTokens, prompt.Capacity - tokens.Length);
        var stops = options.StopTokens.ToHashSet();
        var start = new PhraseProgress(options.Phrases);
        using var set = new BeamSet(prompt, tokens, options);
        var finished = new FinishedSet(options.Beams);
        for (int length = 0; length < most && set.Beams.Count > 0; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            HashSet<Candidate> candidates = Candidates(set, start, options);
            foreach (Candidate end in candidates.Where(each => stops.Contains(each.Token)))
            {
                Beam beam = set.Beams[end.Beam];
                double score = options.LengthPenalty.Score(end.LogProbability, length + 1);
                if ((beam.Progress ?? start).IsMet)
                    finished.Add(new Hypothesis(set.Continuation(beam), end.LogProbability, score, true));
            }

            foreach (Beam beam in set.Beams.Where(beam => beam.IsComplete && (beam.Progress ?? start).IsMet))
                finished.Add(new Hypothesis(set.Continuation(beam), beam.LogProbability, options.LengthPenalty.Score(beam.LogProbability, length), true));
            candidates.RemoveWhere(each => stops.Contains(each.Token));
            List<Candidate> chosen = Allocate(set, start, candidates, options.Beams);
            double bound = chosen.Count == 0 ? double.NegativeInfinity : chosen.Max(each => options.LengthPenalty.Score(
                each.LogProbability, options.LengthPenalty.Exponent > 0 ? most + 1 : length + 2));
            if (finished.IsFull && bound <= finished.WorstScore)
                return finished.Best(options.Results);
            set.Advance(chosen, (candidate, parent) => (parent.Progress ?? start).After(candidate.Token));
        }

        foreach (Beam beam in set.Beams.Where(beam => (beam.Progress ?? start).IsMet))
        {
            int[] continuation = set.Continuation(beam);
            double score = options.LengthPenalty.Score(beam.LogProbability, continuation.Length);
            finished.Add(new Hypothesis(continuation, beam.LogProbability, score, beam.IsComplete));
        }

        return finished.Best(options.Results);
    }

    // The best of all, the best of each beam, and what phrases need.
    private static HashSet<Candidate> Candidates(BeamSet set, PhraseProgress start, ConstrainedSearchOptions options)
    {
        var all = new TopCandidates(options.Beams * (1 + Math.Max(1, options.StopTokens.Count)));
        var candidates = new HashSet<Candidate>();
        for (int i = 0; i < set.Beams.Count; i++)
        {
            Beam beam = set.Beams[i];
            var best = new TopCandidates(1);
            for (int token = 0; token < beam.Next.Length; token++)
            {
                double logProbability = beam.LogProbability + beam.Next[token];
                all.Add(new Candidate(i, token, logProbability, logProbability));
                best.Add(new Candidate(i, token, logProbability, logProbability));
            }

            candidates.UnionWith(best.Kept);
            foreach (int token in (beam.Progress ?? start).Wanted)
            {
                double logProbability = beam.LogProbability + beam.Next[token];
                if (!double.IsNegativeInfinity(logProbability))
                    candidates.Add(new Candidate(i, token, logProbability, logProbability));
            }
        }

        candidates.UnionWith(all.Kept);
        return candidates;
    }

    // Each number of met tokens gets its share of the beams, the best first; what a bank cannot fill goes to the next, from the most met down.
    private static List<Candidate> Allocate(BeamSet set, PhraseProgress start, HashSet<Candidate> candidates, int beams)
    {
        var banks = candidates
            .Select(each => (Candidate: each, Progress: (set.Beams[each.Beam].Progress ?? start).After(each.Token)))
            .GroupBy(each => each.Progress.Met)
            .OrderByDescending(bank => bank.Key)
            .Select(bank => new Queue<Candidate>(bank.Select(each => each.Candidate).OrderByDescending(each => each.LogProbability)))
            .ToList();
        var chosen = new List<Candidate>();
        while (chosen.Count < beams && banks.Count > 0)
        {
            foreach (Queue<Candidate> bank in banks)
            {
                if (chosen.Count < beams)
                    chosen.Add(bank.Dequeue());
            }

            banks.RemoveAll(bank => bank.Count == 0);
        }

        return chosen;
    }
}
