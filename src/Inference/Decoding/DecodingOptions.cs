namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The usual pipeline as plain settings, each off by default but for greedy decoding: biases and bans, lengths, penalties, n-grams, DRY, temperature, and
/// truncations in the order top-k, tail-free, typical, top-a, top-n-sigma, eta, epsilon, top-p, min-p, XTC, mirostat. For another order make a
/// <see cref="DecodingPipeline"/>.
/// </summary>
public sealed record DecodingOptions
{
    /// <summary>Divides the logits; 0 is greedy decoding.</summary>
    public float Temperature { get; init; }

    /// <summary>Above <see cref="Temperature"/>: the temperature follows the entropy between the two (<see cref="DynamicTemperature"/>); 0 is off.</summary>
    public float HighTemperature { get; init; }

    /// <summary>The exponent of <see cref="DynamicTemperature"/>.</summary>
    public float TemperatureExponent { get; init; } = 1;

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

    /// <summary>How many of the most probable tokens mirostat 1 estimates their fall-off from.</summary>
    public int MirostatTokens { get; init; } = 100;

    /// <inheritdoc cref="Decoding.RepetitionPenalty"/>
    public float RepetitionPenalty { get; init; } = 1;

    /// <inheritdoc cref="Decoding.PromptBonus"/>
    public float PromptBonus { get; init; } = 1;

    /// <summary>Taken off a token's logit for each time it was generated.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Taken off a token's logit if it was generated.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Whether <see cref="FrequencyPenalty"/> and <see cref="PresencePenalty"/> count the prompt's tokens too.</summary>
    public bool PenalizesPrompt { get; init; }

    /// <summary>Last tokens that penalties look at; 0 for all.</summary>
    public int PenaltyWindow { get; init; }

    /// <summary>Runs of this many tokens are not repeated; 0 is off.</summary>
    public int NoRepeatNGram { get; init; }

    /// <summary>Last tokens that <see cref="NoRepeatNGram"/> searches for such runs; 0 for all.</summary>
    public int NoRepeatNGramWindow { get; init; }

    /// <summary>The multiplier of <see cref="DryPenalty"/>; 0 is off.</summary>
    public float DryMultiplier { get; init; }

    /// <summary>The base of <see cref="DryPenalty"/>.</summary>
    public float DryBase { get; init; } = 1.75f;

    /// <summary>The allowed length of <see cref="DryPenalty"/>.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <inheritdoc cref="DryPenalty.Breakers"/>
    public IReadOnlyList<int> DryBreakers { get; init; } = [];

    /// <summary>Added to the logits of tokens; -infinity bans one.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>Sequences of tokens with biases: see <see cref="SequenceBias"/>.</summary>
    public IReadOnlyList<(IReadOnlyList<int> Tokens, float Bias)> SequenceBiases { get; init; } = [];

    /// <summary>Sequences of tokens that are not completed: see <see cref="Decoding.BadWords"/>.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWords { get; init; } = [];

    /// <summary>Tokens that never come.</summary>
    public IReadOnlyList<int> BannedTokens { get; init; } = [];

    /// <summary>The only tokens that come; null for all. A generation ends by itself only if its stop token is among them.</summary>
    public IReadOnlyList<int>? AllowedTokens { get; init; }

    /// <summary>Tokens that end the generation are banned until so many tokens are generated.</summary>
    public int MinimumLength { get; init; }

    /// <summary>Only tokens that end the generation are allowed once so many tokens are generated (<see cref="Decoding.MaximumLength"/>); null for no such end.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Seed of the random numbers; null for a new one for every sequence.</summary>
    public uint? Seed { get; init; }

    /// <summary>Processors after those of the settings and before the temperature, such as a grammar's.</summary>
    public IReadOnlyList<LogitsProcessor> Processors { get; init; } = [];

    /// <summary>Makes the pipeline.</summary>
    /// <param name="stopTokens">Tokens that end a generation, for <see cref="MinimumLength"/> and <see cref="MaximumLength"/>.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range, or two contradict each other; the message names them.</exception>
    public DecodingPipeline ToPipeline(IReadOnlyList<int>? stopTokens = null)
    {
        RequireNoContradiction(stopTokens);
        LogitsStage logits = Stages(stopTokens ?? []).Where(each => each.IsOn).Aggregate(DecodingPipeline.Logits, (sofar, each) => sofar.With(each.Processor));
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

    private (bool IsOn, LogitsProcessor Processor)[] Stages(IReadOnlyList<int> stopTokens) =>
        [
            (LogitBias.Count > 0, new LogitBias(LogitBias)),
            (SequenceBiases.Count > 0, new SequenceBias(SequenceBiases)),
            (BadWords.Count > 0, new BadWords(BadWords)),
            (BannedTokens.Count > 0, new BannedTokens(BannedTokens)),
            (AllowedTokens is not null, new AllowedTokens(AllowedTokens ?? [])),
            (MinimumLength > 0, new MinimumLength(MinimumLength, stopTokens)),
            (MaximumLength is not null, new MaximumLength(MaximumLength ?? 0, stopTokens)),
            (RepetitionPenalty != 1, new RepetitionPenalty(RepetitionPenalty, PenaltyWindow)),
            (PromptBonus != 1, new PromptBonus(PromptBonus)),
            (FrequencyPenalty != 0 || PresencePenalty != 0, new OccurrencePenalty(FrequencyPenalty, PresencePenalty, PenaltyWindow, PenalizesPrompt)),
            (NoRepeatNGram != 0, new NoRepeatNGram(NoRepeatNGram, NoRepeatNGramWindow)),
            (DryMultiplier != 0, new DryPenalty(DryMultiplier, DryBase, DryAllowedLength, PenaltyWindow) { Breakers = DryBreakers }),
        ];

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
            (Mirostat == 1, new Mirostat1(MirostatTarget, MirostatRate, MirostatTokens)),
            (Mirostat == 2, new Mirostat2(MirostatTarget, MirostatRate)),
        ];

    private DecodingPipeline Truncated(LogitsStage logits)
    {
        LogitsProcessor temperature = HighTemperature != 0 ? new DynamicTemperature(Temperature, HighTemperature, TemperatureExponent)
            : EntropyScale != 0 ? new EntropyTemperature(Temperature, EntropyScale)
            : new Temperature(Temperature);
        ProbabilitiesStage stage = logits.With(temperature).ToProbabilities();
        return Cuts().Where(each => each.IsOn).Aggregate(stage, (sofar, each) => sofar.Cut(each.Step)).Draw(Seed);
    }

    private void RequireNoContradiction(IReadOnlyList<int>? stopTokens)
    {
        Require(float.IsFinite(Temperature) && Temperature >= 0, nameof(Temperature), Temperature, "a finite number, 0 or more");
        Require(float.IsFinite(HighTemperature) && HighTemperature >= 0, nameof(HighTemperature), HighTemperature, "a finite number, 0 or more");
        Require(float.IsFinite(TemperatureExponent) && TemperatureExponent > 0, nameof(TemperatureExponent), TemperatureExponent, "a finite number above 0");
        Require(float.IsFinite(EntropyScale) && EntropyScale >= 0, nameof(EntropyScale), EntropyScale, "a finite number, 0 or more");
        Require(Mirostat is 0 or 1 or 2, nameof(Mirostat), Mirostat, "0, 1 or 2");
        Require(PenaltyWindow >= 0, nameof(PenaltyWindow), PenaltyWindow, "0 or more");
        Require(NoRepeatNGram >= 0, nameof(NoRepeatNGram), NoRepeatNGram, "0 or more");
        Require(NoRepeatNGramWindow >= 0, nameof(NoRepeatNGramWindow), NoRepeatNGramWindow, "0 or more");
        Require(MinimumLength >= 0, nameof(MinimumLength), MinimumLength, "0 or more");
        Require(MaximumLength is null or >= 0, nameof(MaximumLength), MaximumLength ?? 0, "0 or more");

        // What is of no use without another setting is still wrong if it is wrong.
        new ExcludeTopChoices(XtcThreshold, XtcProbability).Validate();
        new Mirostat1(MirostatTarget, MirostatRate, MirostatTokens).Validate();
        new DryPenalty(DryMultiplier, DryBase, DryAllowedLength).Validate(int.MaxValue);
        if (MaximumLength < MinimumLength)
            throw new ArgumentException($"{nameof(MaximumLength)} is {MaximumLength}, below {nameof(MinimumLength)}, which is {MinimumLength}.");
        if (MaximumLength is not null && stopTokens is { Count: 0 })
            throw new ArgumentException($"{nameof(MaximumLength)} ends a text by its stop token, and there is none; use {nameof(Generation.GenerationOptions.MaxTokens)}.");
        if (HighTemperature != 0 && Temperature == 0)
            throw new ArgumentException($"{nameof(HighTemperature)} is the upper end of a temperature whose lower end is {nameof(Temperature)}; set that above 0 too.");
        if (HighTemperature != 0 && EntropyScale != 0)
            throw new ArgumentException($"{nameof(HighTemperature)} and {nameof(EntropyScale)} both set the temperature; leave one out.");
        if (AllowedTokens is { Count: > 0 } allowed && allowed.All(BannedTokens.Contains))
            throw new ArgumentException($"{nameof(BannedTokens)} bans every one of {nameof(AllowedTokens)}: no token is left.");
        bool truncates = TopK != 0 || TopP != 1 || MinP != 0 || TopA != 0 || TopNSigma is not null || EpsilonCut != 0 || EtaCut != 0
            || Typical != 1 || TailFree != 1 || XtcProbability != 0;
        if (Mirostat == 1 && truncates)
            throw new ArgumentException($"{nameof(Mirostat)} 1 chooses how many tokens to keep itself; leave the other truncations out.");
    }

    private static void Require(bool valid, string name, IFormattable value, string expected)
    {
        if (!valid)
            throw new ArgumentException($"{nameof(DecodingOptions)}.{name} is {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}; it must be {expected}.");
    }
}
