namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Beam search: at every step keeps the continuations of the largest probability (Lowerre, 1976; Sutskever et al., 2014, section 3.2), in groups that
/// avoid each other's tokens (diverse beam search), or drawn instead of taken (beam-sample). Cost: a forward pass a beam and step, and a copy of
/// the cache where a beam is continued twice.
/// </summary>
public static class BeamSearch
{
    /// <summary>Searches.</summary>
    /// <param name="prompt">A sequence that holds the beginning of the prompt, but not its last token; it is left as it is.</param>
    /// <param name="tokens">The whole prompt.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Ends the search between steps.</param>
    /// <returns>The best continuations, best first: finished ones, and such as reached the length limit.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static IReadOnlyList<Hypothesis> Run(
        IScoredSequence prompt, ReadOnlySpan<int> tokens, BeamSearchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.CoveragePenalty.Weight != 0 && prompt is not IAttendedSequence)
        {
            throw new ArgumentException($"{nameof(BeamSearchOptions)}.{nameof(options.CoveragePenalty)} needs a sequence that tells what it "
                + $"attends to; {prompt.GetType().Name} does not.", nameof(options));
        }

        int most = Math.Min(options.MaxTokens, prompt.Capacity - tokens.Length);
        int groupSize = options.Beams / options.Groups;
        var finished = Enumerable.Range(0, options.Groups).Select(_ => new FinishedSet(groupSize)).ToArray();
        using var set = new BeamSet(prompt, tokens, options);

        // Group of each beam; the first step has the prompt's beam for all.
        List<int> groupOf = [0];
        var isOpen = Enumerable.Repeat(true, options.Groups).ToArray();
        for (int length = 0; length < most && isOpen.Contains(true); length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chosen = new List<Candidate>();
            var groups = new List<int>();
            var taken = new Dictionary<int, int>();
            for (int group = 0; group < options.Groups; group++)
            {
                if (!isOpen[group])
                    continue;
                IEnumerable<int> beams = length == 0 ? [0] : Enumerable.Range(0, set.Beams.Count).Where(i => groupOf[i] == group);
                List<Candidate> open = Choose(set, beams, taken, finished[group], groupSize, options, length);
                foreach (Candidate candidate in open)
                    taken[candidate.Token] = taken.GetValueOrDefault(candidate.Token) + 1;
                isOpen[group] = open.Count > 0 && !IsOver(finished[group], open, options, length + 1, most);
                if (!isOpen[group])
                    continue;
                chosen.AddRange(open);
                groups.AddRange(Enumerable.Repeat(group, open.Count));
            }

            if (chosen.Count == 0)
                break;
            set.Advance(chosen);
            groupOf = groups;
        }

        for (int i = 0; i < set.Beams.Count; i++)
        {
            Beam beam = set.Beams[i];
            int[] continuation = set.Continuation(beam);
            if (isOpen[groupOf[i]] && continuation.Length == most)
                finished[groupOf[i]].Add(new Hypothesis(continuation, beam.LogProbability, ScoreOf(beam, beam.LogProbability, most, options), beam.IsComplete));
        }

        return [.. finished.SelectMany(each => each.Best(groupSize)).OrderByDescending(each => each.Score).Take(options.Results)];
    }

    // The open candidates of a group; those that a stop token ends go to the finished.
    private static List<Candidate> Choose(
        BeamSet set, IEnumerable<int> beams, Dictionary<int, int> taken, FinishedSet finished, int size, BeamSearchOptions options, int length)
    {
        var stops = options.StopTokens.ToHashSet();
        var top = new TopCandidates(size * (1 + Math.Max(1, stops.Count)));
        foreach (int i in beams)
        {
            Beam beam = set.Beams[i];
            if (beam.IsComplete)
                finished.Add(new Hypothesis(set.Continuation(beam), beam.LogProbability, ScoreOf(beam, beam.LogProbability, length, options), true));
            for (int token = 0; token < beam.Next.Length; token++)
            {
                double logProbability = beam.LogProbability + beam.Next[token];
                if (double.IsNegativeInfinity(logProbability))
                    continue;
                double key = logProbability - (taken.Count > 0 ? options.DiversityPenalty * taken.GetValueOrDefault(token) : 0);
                if (options.Draws)
                    key += GumbelNumbers.Draw(options.Seed, (uint)length, (uint)i, (uint)token);
                top.Add(new Candidate(i, token, logProbability, key));
            }
        }

        var open = new List<Candidate>();
        int rank = 0;
        IEnumerable<Candidate> ordered = options.Draws ? top.Kept.OrderByDescending(each => each.LogProbability) : top.Kept;
        foreach (Candidate candidate in ordered)
        {
            if (stops.Contains(candidate.Token))
            {
                // An end that is less likely than a beam's worth of other candidates would not have been kept as a beam either.
                if (rank < size)
                {
                    Beam beam = set.Beams[candidate.Beam];
                    double score = ScoreOf(beam, candidate.LogProbability, length + 1, options);
                    finished.Add(new Hypothesis(set.Continuation(beam), candidate.LogProbability, score, true));
                }
            }
            else if (open.Count < size)
            {
                open.Add(candidate);
            }

            rank++;
        }

        return open;
    }

    private static double ScoreOf(Beam beam, double logProbability, int length, BeamSearchOptions options)
    {
        double score = options.LengthPenalty.Score(logProbability, length);
        if (options.CoveragePenalty.Weight == 0)
            return score;
        var attended = (IAttendedSequence)beam.Sequence;
        var sums = new float[attended.SourceLength];
        attended.ReadAttention(sums);
        return score + options.CoveragePenalty.Score(sums);
    }

    private static bool IsOver(FinishedSet finished, List<Candidate> open, BeamSearchOptions options, int length, int most)
    {
        if (!finished.IsFull)
            return false;

        // Probabilities only fall. A penalty that divides by a growing number raises a negative score: then the longest is the bound.
        double best = open.Max(each => each.LogProbability);
        int bound = options.LengthPenalty.Exponent > 0 ? most + 1 : length + 1;
        return options.EarlyStopping switch
        {
            EarlyStopping.WhenFull => true,
            EarlyStopping.WhenUnlikely => options.LengthPenalty.Score(best, length) <= finished.WorstScore,
            _ => options.LengthPenalty.Score(best, bound) <= finished.WorstScore,
        };
    }
}
