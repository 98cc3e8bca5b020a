namespace KernelFoundry.Inference.Decoding;

/// <summary>The beams of a search: makes the next ones of the chosen candidates and frees what nobody continues.</summary>
internal sealed class BeamSet : IDisposable
{
    private readonly StepScorer _scorer;
    private readonly int _promptLength;

    public BeamSet(IScoredSequence prompt, ReadOnlySpan<int> tokens, SearchOptions options)
    {
        _promptLength = tokens.Length;
        _scorer = new StepScorer(prompt.Device, prompt.Vocabulary, options.Processors, tokens.Length);
        int[] all = tokens.ToArray();
        var next = new float[prompt.Vocabulary];
        IScoredSequence sequence = prompt.Fork();
        bool isComplete;
        try
        {
            sequence.Rollback(Math.Min(sequence.Length, all.Length - 1));
            isComplete = _scorer.Score(sequence, all.AsSpan(sequence.Length), all, next);
        }
        catch
        {
            sequence.Dispose();
            _scorer.Dispose();
            throw;
        }

        Root = new Beam(sequence, all, 0, next) { IsComplete = isComplete };
        Beams = [Root];
    }

    /// <summary>The beam of the prompt.</summary>
    public Beam Root { get; }

    public List<Beam> Beams { get; private set; }

    /// <summary>Tokens of a continuation.</summary>
    public int[] Continuation(Beam beam) => beam.Tokens[_promptLength..];

    /// <summary>Steps to the chosen candidates, which refer to the beams there are.</summary>
    public void Advance(IReadOnlyList<Candidate> chosen, Func<Candidate, Beam, PhraseProgress?>? progress = null)
    {
        // The last candidate of a beam takes its sequence over, the others continue copies.
        int[] users = new int[Beams.Count];
        foreach (Candidate candidate in chosen)
            users[candidate.Beam]++;
        for (int i = 0; i < Beams.Count; i++)
        {
            if (users[i] == 0)
                Beams[i].Sequence.Dispose();
        }

        var next = new List<Beam>(chosen.Count);
        foreach (Candidate candidate in chosen)
        {
            Beam parent = Beams[candidate.Beam];
            IScoredSequence sequence = --users[candidate.Beam] == 0 ? parent.Sequence : parent.Sequence.Fork();
            int[] tokens = [.. parent.Tokens, candidate.Token];
            next.Add(new Beam(sequence, tokens, candidate.LogProbability, new float[sequence.Vocabulary])
            {
                Key = candidate.Key,
                Progress = progress?.Invoke(candidate, parent),
            });
        }

        // A copy is made before its source goes on, so scoring comes after.
        Beams = next;
        foreach (Beam beam in next)
            beam.IsComplete = _scorer.Score(beam.Sequence, beam.Tokens.AsSpan(^1..), beam.Tokens, beam.Next);
    }

    public void Dispose()
    {
        foreach (Beam beam in Beams)
            beam.Sequence.Dispose();
        _scorer.Dispose();
    }
}
