namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The usual pipeline as plain settings, each off by default but for greedy decoding: bans and biases, penalties, n-grams, DRY, temperature, and
/// truncations in the order top-k, tail-free, typical, top-a, top-n-sigma, eta, epsilon, top-p, min-p, XTC, mirostat. For another order make a
/// <see cref="DecodingPipeline"/>.
/// </summary>
public sealed record DecodingOptions
{
    /// <summary>Divides the logits; 0 is greedy decoding.</summary>
    public float Temperature { get; init; }

    /// <summary>Above <see cref="Temperature"/>: the temperature follows the entropy between the two (<see cref="DynamicTemperature"/>); 0 is off.</summary>
    public float HighTemperature { get; init; }

    /// <summary>Sharpens where the model is sure (<see cref="EntropyTemperature"/>), in nats; 0 is off.</summary>
    public float EntropyScale { get; init; }

    /// <inheritdoc cref="Decoding.TopK"/>
    public int TopK { get; init; }

    /// <inheritdoc cref="Decoding.TopP"/>
    public float TopP { get; init; } = 1;

    /// <inheritdoc cref="Decoding.MinP"/>
    public float MinP { get; init; }

    /// <inheritdoc cref="Decoding.TopA"/>
    public float TopA { get; init; }

    /// <inheritdoc cref="Decoding.TopNSigma"/>
    public float? TopNSigma { get; init; }

    /// <inheritdoc cref="EpsilonCut"/>
    public float EpsilonCut { get; init; }

    /// <inheritdoc cref="Decoding.EtaCut"/>
    public float EtaCut { get; init; }

    /// <inheritdoc cref="LocallyTypical"/>
    public float Typical { get; init; } = 1;

    /// <inheritdoc cref="Decoding.TailFree"/>
    public float TailFree { get; init; } = 1;

    /// <summary>How often <see cref="ExcludeTopChoices"/> happens; 0 is off.</summary>
    public float XtcProbability { get; init; }

    /// <summary>The threshold of <see cref="ExcludeTopChoices"/>.</summary>
    public float XtcThreshold { get; init; } = 0.1f;

    /// <summary>Mirostat 1 or 2; 0 is off.</summary>
    public int Mirostat { get; init; }

    /// <summary>Mirostat's surprise to keep to, in bits.</summary>
    public float MirostatTarget { get; init; } = 5;

    /// <summary>How fast mirostat's bound moves.</summary>
    public float MirostatRate { get; init; } = 0.1f;

    /// <inheritdoc cref="Decoding.RepetitionPenalty"/>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken off a token's logit for each time it was generated.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Taken off a token's logit if it was generated.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Last tokens that penalties look at; 0 for all.</summary>
    public int PenaltyWindow { get; init; }

    /// <summary>Runs of this many tokens are not repeated; 0 is off.</summary>
    public int NoRepeatNGram { get; init; }

    /// <summary>The multiplier of <see cref="DryPenalty"/>; 0 is off.</summary>
    public float DryMultiplier { get; init; }

    /// <summary>The base of <see cref="DryPenalty"/>.</summary>
    public float DryBase { get; init; } = 1.75f;

    /// <summary>The allowed length of <see cref="DryPenalty"/>.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary>Added to the logits of tokens; -infinity bans one.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>Tokens that end the generation are banned until so many tokens are generated.</summary>
    public int MinimumLength { get; init; }

    /// <summary>Seed of the random numbers; null for a new one for every sequence.</summary>
    public uint? Seed { get; init; }

    /// <summary>Processors after those of the settings and before the temperature, such as a grammar's.</summary>
    public IReadOnlyList<LogitsProcessor> Processors { get; init; } = [];

    /// <summary>Makes the pipeline.</summary>
    /// <param name="stopTokens">Tokens that end a generation, for <see cref="MinimumLength"/>.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range, or two contradict each other; the message names them.</exception>
    public DecodingPipeline ToPipeline(IReadOnlyList<int>? stopTokens = null)
    {
        RequireNoContradiction();
        LogitsStage logits = DecodingPipeline.Logits;
        if (LogitBias.Count > 0)
            logits = logits.With(new LogitBias(LogitBias));
        if (MinimumLength > 0)
            logits = logits.With(new MinimumLength(MinimumLength, stopTokens ?? []));
        if (RepetitionPenalty != 1)
            logits = logits.With(new RepetitionPenalty(RepetitionPenalty, PenaltyWindow));
        if (FrequencyPenalty != 0 || PresencePenalty != 0)
            logits = logits.With(new OccurrencePenalty(FrequencyPenalty, PresencePenalty, PenaltyWindow));
        if (NoRepeatNGram != 0)
            logits = logits.With(new NoRepeatNGram(NoRepeatNGram));
        if (DryMultiplier != 0)
            logits = logits.With(new DryPenalty(DryMultiplier, DryBase, DryAllowedLength, PenaltyWindow));
        foreach (LogitsProcessor processor in Processors)
            logits = logits.With(processor);

        // Greedy decoding has no use for truncations, but wrong ones are still wrong.
        foreach ((bool isOn, TruncationStep step) in Cuts())
        {
            if (isOn)
                step.Validate();
        }

        return Temperature == 0 && HighTemperature == 0 ? logits.Greedy() : Truncated(logits);
    }

    private (bool IsOn, TruncationStep Step)[] Cuts() =>
        [
            (TopK != 0, new TopK(TopK)),
            (TailFree != 1, new TailFree(TailFree)),
            (Typical != 1, new LocallyTypical(Typical)),
            (TopA != 0, new TopA(TopA)),
            (TopNSigma is not null, new TopNSigma(TopNSigma ?? 0)),
            (EtaCut != 0, new EtaCut(EtaCut)),
            (EpsilonCut != 0, new EpsilonCut(EpsilonCut)),
            (TopP != 1, new TopP(TopP)),
            (MinP != 0, new MinP(MinP)),
            (XtcProbability != 0, new ExcludeTopChoices(XtcThreshold, XtcProbability)),
            (Mirostat == 1, new Mirostat1(MirostatTarget, MirostatRate)),
            (Mirostat == 2, new Mirostat2(MirostatTarget, MirostatRate)),
        ];

    private DecodingPipeline Truncated(LogitsStage logits)
    {
        LogitsProcessor temperature = HighTemperature != 0 ? new DynamicTemperature(Temperature, HighTemperature)
            : EntropyScale != 0 ? new EntropyTemperature(Temperature, EntropyScale)
            : new Temperature(Temperature);
        ProbabilitiesStage stage = logits.With(temperature).ToProbabilities();
        return Cuts().Where(each => each.IsOn).Aggregate(stage, (sofar, each) => sofar.Cut(each.Step)).Draw(Seed);
    }

    private void RequireNoContradiction()
    {
        if (!float.IsFinite(Temperature) || Temperature < 0)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(Temperature)} is {Temperature}; it must be a finite number, 0 or more."));
        if (Mirostat is not (0 or 1 or 2))
            throw new ArgumentException($"{nameof(Mirostat)} is {Mirostat}; it must be 0, 1 or 2.");
        if (MinimumLength < 0)
            throw new ArgumentException($"{nameof(MinimumLength)} is {MinimumLength}; it must be 0 or more.");
        if (HighTemperature != 0 && EntropyScale != 0)
            throw new ArgumentException($"{nameof(HighTemperature)} and {nameof(EntropyScale)} both set the temperature; leave one out.");
        bool truncates = TopK != 0 || TopP != 1 || MinP != 0 || TopA != 0 || TopNSigma is not null || EpsilonCut != 0 || EtaCut != 0
            || Typical != 1 || TailFree != 1 || XtcProbability != 0;
        if (Mirostat == 1 && truncates)
            throw new ArgumentException($"{nameof(Mirostat)} 1 chooses how many tokens to keep itself; leave the other truncations out.");
    }
}
