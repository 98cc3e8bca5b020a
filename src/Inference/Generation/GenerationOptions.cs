using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Generation;

/// <summary>How tokens are chosen and when generation ends. The defaults choose greedily.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens to generate. 0 generates none and leaves the prompt unread.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>
    /// Divides the logits before tokens are drawn. 0 is exact greedy decoding: the token of the largest logit, the lowest id among equals.
    /// </summary>
    public float Temperature { get; init; }

    /// <summary>Draw from this many of the most probable tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Draw from the most probable tokens that together have this share of the probability, above 0; 1 for all.</summary>
    public float TopP { get; init; } = 1f;

    /// <summary>Draw from tokens at least this many times as probable as the most probable one, 0 to 1; 0 for all.</summary>
    public float MinP { get; init; }

    /// <summary>Seed of the random numbers: the same seed gives the same text. Null for a new one every time.</summary>
    public uint? Seed { get; init; }

    /// <summary>
    /// How logits become tokens, where that is more than <see cref="Temperature"/>, <see cref="TopK"/>, <see cref="TopP"/>, <see cref="MinP"/> and
    /// <see cref="Seed"/>, which are then left as they are: the usual pipeline.
    /// </summary>
    public DecodingOptions? Decoding { get; init; }

    /// <summary>How logits become tokens, where the usual pipeline will not do: one of your own, in place of <see cref="Decoding"/>.</summary>
    public DecodingPipeline? Pipeline { get; init; }

    /// <summary>
    /// How many of the most probable tokens to list with each token, before and after the pipeline, and with it the token's own log-probability,
    /// rank and entropy; null measures nothing.
    /// </summary>
    public int? LogProbabilities { get; init; }

    /// <summary>How to draft tokens ahead, which gives the same texts sooner where drafts are good; null for one token a pass.</summary>
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>Texts that end the generation, wherever tokens begin and end; none of them empty.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Tokens that end the generation; null for the model's end-of-sequence token, an empty list for none.</summary>
    public IReadOnlyList<int>? StopTokens { get; init; }

    /// <summary>Write control tokens the model generates as their texts, which mark thoughts and calls of tools in chats; else they are left out.</summary>
    public bool IncludeSpecial { get; init; }

    /// <summary>
    /// Where keys and values are kept from one generation to the next, so that only what a prompt has new goes through the model; null to
    /// keep none. For one generation at a time.
    /// </summary>
    public PromptCache? PromptCache { get; init; }

    /// <summary>Told how many of the prompt's tokens have been through the model.</summary>
    public IProgress<int>? PrefillProgress { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    internal void Validate()
    {
        Require(MaxTokens >= 0, nameof(MaxTokens), MaxTokens, "0 or more");
        Require(float.IsFinite(Temperature) && Temperature >= 0, nameof(Temperature), Temperature, "a finite number, 0 or more");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "from 0 to 1");
        if (LogProbabilities is { } count)
            Require(count >= 0, nameof(LogProbabilities), count, "0 or more");
        Speculation?.Validate();
        if (Pipeline is not null && Decoding is not null)
            throw new ArgumentException($"{nameof(GenerationOptions)}.{nameof(Pipeline)} and {nameof(Decoding)} both say how tokens are drawn; leave one out.");
        if ((Pipeline is not null || Decoding is not null) && (Temperature != 0 || TopK != 0 || TopP != 1 || MinP != 0 || Seed is not null))
        {
            throw new ArgumentException($"{nameof(GenerationOptions)}.{(Pipeline is null ? nameof(Decoding) : nameof(Pipeline))} says how tokens are drawn; leave {nameof(Temperature)}, "
                + $"{nameof(TopK)}, {nameof(TopP)}, {nameof(MinP)} and {nameof(Seed)} as they are.");
        }

        if (StopStrings.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"{nameof(GenerationOptions)}.{nameof(StopStrings)} has an empty text, which would stop at once.");
    }

    /// <summary>The same options with processors before all others.</summary>
    /// <param name="processors">The processors.</param>
    /// <param name="stopTokens">Tokens that end the generation.</param>
    internal GenerationOptions Before(IReadOnlyList<LogitsProcessor> processors, IReadOnlyList<int> stopTokens)
    {
        if (processors.Count == 0)
            return this;
        Validate();
        DecodingPipeline pipeline = ToPipeline(stopTokens);
        return this with
        {
            Pipeline = new DecodingPipeline([.. processors, .. pipeline.Processors], [.. pipeline.Truncations], pipeline.Seed, pipeline.IsGreedy),
            Decoding = null, Temperature = 0, TopK = 0, TopP = 1, MinP = 0, Seed = null,
        };
    }

    /// <summary>The settings of the usual pipeline, wherever they are.</summary>
    internal DecodingOptions Settings => Decoding ?? new DecodingOptions { Temperature = Temperature, TopK = TopK, TopP = TopP, MinP = MinP, Seed = Seed };

    /// <summary>The pipeline these options come to.</summary>
    /// <param name="stopTokens">Tokens that end the generation.</param>
    internal DecodingPipeline ToPipeline(IReadOnlyList<int> stopTokens) => Pipeline ?? Settings.ToPipeline(stopTokens);

    /// <summary>Tokens that end a generation by a model.</summary>
    internal IReadOnlyList<int> StopTokensOf(Tokenizers.Tokenizer tokenizer) => StopTokens ?? (tokenizer.EosId is { } eos ? [eos] : []);

    private static void Require(bool valid, string name, IFormattable value, string expected)
    {
        if (!valid)
        {
            string text = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
            throw new ArgumentException($"{nameof(GenerationOptions)}.{name} is {text}; it must be {expected}.");
        }
    }
}
