namespace KernelFoundry.Inference.Decoding;

/// <summary>Settings of <see cref="BeamSearch"/>.</summary>
public sealed record BeamSearchOptions : SearchOptions
{
    /// <summary>Continuations that are worked on at a time.</summary>
    public int Beams { get; init; } = 4;

    /// <summary>
    /// Groups the beams are divided into, which choose one after the other (Vijayakumar et al., "Diverse Beam Search", 2016, algorithm 1).
    /// </summary>
    public int Groups { get; init; } = 1;

    /// <summary>Taken off a token's log-probability for each beam of the groups before that chose it at the same place.</summary>
    public double DiversityPenalty { get; init; }

    /// <summary>Draws the next beams, without replacement, in proportion to the probabilities of their continuations: beam-sample.</summary>
    public bool Draws { get; init; }

    /// <summary>When to give up open continuations.</summary>
    public EarlyStopping EarlyStopping { get; init; } = EarlyStopping.WhenCertain;

    /// <summary>Favours continuations that attend to all of the prompt. It needs an <see cref="IAttendedSequence"/>.</summary>
    public CoveragePenalty CoveragePenalty { get; init; }

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Require(Beams >= 1, nameof(Beams), Beams, "1 or more");
        Require(Groups >= 1 && Beams % Groups == 0, nameof(Groups), Groups, $"a divisor of {nameof(Beams)}, which is {Beams}");
        Require(Results <= Beams, nameof(Results), Results, $"at most {nameof(Beams)}, which is {Beams}");
        Require(double.IsFinite(DiversityPenalty) && DiversityPenalty >= 0, nameof(DiversityPenalty), DiversityPenalty, "a finite number, 0 or more");
        Require(DiversityPenalty == 0 || Groups > 1, nameof(DiversityPenalty), DiversityPenalty, $"0 with one group: it acts between {nameof(Groups)}");
    }
}
