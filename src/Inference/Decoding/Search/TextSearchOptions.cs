namespace KernelFoundry.Inference.Decoding;

/// <summary>The searches as plain settings, all off by default: at most one of them is set. <see cref="TextSearch"/> runs it.</summary>
public sealed record TextSearchOptions
{
    /// <summary>Most beams, groups, candidates and results: each is a sequence of the model.</summary>
    internal const int Most = 4096;

    /// <summary>Beams of a <see cref="BeamSearch"/>, or of a <see cref="ConstrainedBeamSearch"/> if there are phrases to include; 0 is off.</summary>
    public int Beams { get; init; }

    /// <inheritdoc cref="BeamSearchOptions.Groups"/>
    public int BeamGroups { get; init; } = 1;

    /// <inheritdoc cref="BeamSearchOptions.DiversityPenalty"/>
    public double DiversityPenalty { get; init; }

    /// <inheritdoc cref="BeamSearchOptions.Draws"/>
    public bool BeamSample { get; init; }

    /// <inheritdoc cref="BeamSearchOptions.EarlyStopping"/>
    public EarlyStopping EarlyStopping { get; init; } = EarlyStopping.WhenCertain;

    /// <summary>The weight of a <see cref="Decoding.CoveragePenalty"/>, by the attention of the model's last layer; 0 is off.</summary>
    public double CoveragePenalty { get; init; }

    /// <summary>Sequences of tokens that every result includes.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Include { get; init; } = [];

    /// <summary>Texts a <see cref="StochasticBeamSearch"/> draws; 0 is off.</summary>
    public int StochasticBeams { get; init; }

    /// <summary>Candidates of a <see cref="ContrastiveSearch"/>; 0 is off.</summary>
    public int Contrastive { get; init; }

    /// <inheritdoc cref="ContrastiveSearchOptions.Penalty"/>
    public double DegenerationPenalty { get; init; } = 0.6;

    /// <summary>The exponent of a <see cref="Decoding.LengthPenalty"/>; 0 is off.</summary>
    public double LengthPenalty { get; init; }

    /// <inheritdoc cref="LengthPenalty.IsGnmt"/>
    public bool GnmtLengthPenalty { get; init; }

    /// <summary>Texts a <see cref="SampledSearch"/> draws and ranks; 0 is off, but 1 where phrases are banned or there is a backspace token.</summary>
    public int BestOf { get; init; }

    /// <summary>How they are ranked.</summary>
    public PathRanking Rank { get; init; }

    /// <summary>Texts that must not appear: see <see cref="BannedPhrases"/>.</summary>
    public IReadOnlyList<string> Ban { get; init; } = [];

    /// <inheritdoc cref="BannedPhrases.IgnoresCase"/>
    public bool BanIgnoresCase { get; init; }

    /// <inheritdoc cref="SampledSearchOptions.BackspaceToken"/>
    public int? BackspaceToken { get; init; }

    /// <inheritdoc cref="SampledSearchOptions.MostTakenBack"/>
    public int MostTakenBack { get; init; } = 1000;

    /// <summary>Texts to give, the best first; <see cref="StochasticBeams"/> gives all of its own.</summary>
    public int Results { get; init; } = 1;

    /// <summary>Whether a search is asked for.</summary>
    public bool IsOn => Searches().Any(each => each.IsOn);

    /// <summary>The name of the setting that asks for a search.</summary>
    internal string? Method => Searches().FirstOrDefault(each => each.IsOn).Name;

    internal LengthPenalty Lengths => new(LengthPenalty, GnmtLengthPenalty);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">One is out of its range, or two contradict each other; the message names them.</exception>
    public void Validate()
    {
        Count(Beams, nameof(Beams), 0);
        Count(BeamGroups, nameof(BeamGroups), 1);
        Count(StochasticBeams, nameof(StochasticBeams), 0);
        Count(Contrastive, nameof(Contrastive), 0);
        Count(BestOf, nameof(BestOf), 0);
        Count(Results, nameof(Results), 1);
        Require(MostTakenBack >= 0, nameof(MostTakenBack), MostTakenBack, "0 or more");
        Require(double.IsFinite(DiversityPenalty) && DiversityPenalty >= 0, nameof(DiversityPenalty), DiversityPenalty, "a finite number, 0 or more");
        Require(double.IsFinite(CoveragePenalty) && CoveragePenalty >= 0, nameof(CoveragePenalty), CoveragePenalty, "a finite number, 0 or more");
        Require(double.IsFinite(LengthPenalty), nameof(LengthPenalty), LengthPenalty, "a finite number");
        Require(DegenerationPenalty is >= 0 and <= 1, nameof(DegenerationPenalty), DegenerationPenalty, "from 0 to 1");
        string[] searches = [.. Searches().Where(each => each.IsOn).Select(each => each.Name)];
        if (searches.Length > 1)
            throw new ArgumentException($"{searches[0]} and {searches[1]} are different searches; leave one out.");
        foreach ((string name, bool isSet, string needed, bool isThere) in Needs())
        {
            if (isSet && !isThere)
                throw new ArgumentException($"{name} needs {needed}: without it, it changes nothing.");
        }

        Require(Beams == 0 || Beams % BeamGroups == 0, nameof(BeamGroups), BeamGroups, $"a divisor of {nameof(Beams)}, which is {Beams}");
        int most = Contrastive > 0 ? 1 : Math.Max(Beams > 0 ? Beams : Include.Count > 0 ? ConstrainedBeams : Math.Max(StochasticBeams, BestOf), 1);
        Require(Results <= most, nameof(Results), Results, $"at most {most}, as many texts as {Method ?? "no search"} has");
        if (StochasticBeams > 0 && Results != 1)
            throw new ArgumentException($"{nameof(StochasticBeams)} gives all of its {StochasticBeams} texts; leave out {nameof(Results)}.");
        if (Include.Count > 0 && (BeamGroups > 1 || BeamSample || EarlyStopping != EarlyStopping.WhenCertain))
            throw new ArgumentException($"{nameof(Include)} has beams of its own kind, without groups, draws or another end; leave out {nameof(BeamGroups)}, {nameof(BeamSample)} and {nameof(EarlyStopping)}.");
        if (Include.Count > 0 && CoveragePenalty != 0)
            throw new ArgumentException($"{nameof(CoveragePenalty)} belongs to beams without {nameof(Include)}; leave one out.");
    }

    /// <summary>Beams of a search for phrases, where none are asked for.</summary>
    internal int ConstrainedBeams => Math.Max(Beams, 2 * Include.Count);

    private (string Name, bool IsOn)[] Searches() =>
    [
        (Beams > 0 ? nameof(Beams) : nameof(Include), Beams > 0 || Include.Count > 0),
        (nameof(StochasticBeams), StochasticBeams > 0),
        (nameof(Contrastive), Contrastive > 0),
        (BestOf > 0 ? nameof(BestOf) : Ban.Count > 0 ? nameof(Ban) : nameof(BackspaceToken), BestOf > 0 || Ban.Count > 0 || BackspaceToken is not null),
    ];

    private (string Name, bool IsSet, string Needed, bool IsThere)[] Needs() =>
    [
        (nameof(BeamGroups), BeamGroups != 1, nameof(Beams), Beams > 0),
        (nameof(DiversityPenalty), DiversityPenalty != 0, nameof(BeamGroups), BeamGroups > 1),
        (nameof(BeamSample), BeamSample, nameof(Beams), Beams > 0),
        (nameof(EarlyStopping), EarlyStopping != EarlyStopping.WhenCertain, nameof(Beams), Beams > 0),
        (nameof(CoveragePenalty), CoveragePenalty != 0, nameof(Beams), Beams > 0),
        (nameof(DegenerationPenalty), DegenerationPenalty != new TextSearchOptions().DegenerationPenalty, nameof(Contrastive), Contrastive > 0),
        (nameof(LengthPenalty), LengthPenalty != 0, $"{nameof(Beams)}, {nameof(Include)} or {nameof(BestOf)}", Beams > 0 || Include.Count > 0 || BestOf > 0),
        (nameof(GnmtLengthPenalty), GnmtLengthPenalty, nameof(LengthPenalty), LengthPenalty != 0),
        (nameof(Rank), Rank != PathRanking.Probability, nameof(BestOf), BestOf > 0),
        (nameof(BanIgnoresCase), BanIgnoresCase, nameof(Ban), Ban.Count > 0),
        (nameof(MostTakenBack), MostTakenBack != new TextSearchOptions().MostTakenBack, $"{nameof(Ban)} or {nameof(BackspaceToken)}", Ban.Count > 0 || BackspaceToken is not null),
        (nameof(Results), Results != 1, "a search", IsOn),
    ];

    private static void Count(int value, string name, int least) => Require(value >= least && value <= Most, name, value, $"from {least} to {Most}");

    private static void Require(bool valid, string name, IFormattable value, string expected)
    {
        if (!valid)
            throw new ArgumentException($"{nameof(TextSearchOptions)}.{name} is {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}; it must be {expected}.");
    }
}
