using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Continues a prompt by the search that settings ask for.</summary>
public static class TextSearch
{
    /// <summary>Searches.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt's tokens, at least one.</param>
    /// <param name="options">How logits change, most tokens and stop tokens.</param>
    /// <param name="search">The search.</param>
    /// <param name="cancellationToken">Ends it between steps.</param>
    /// <returns>The continuations, best first; fewer than asked for where not as many were found.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range, or two contradict each other; the message names them.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static IReadOnlyList<Hypothesis> Run(
        LanguageModel model, ReadOnlySpan<int> prompt, GenerationOptions options, TextSearchOptions search, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(search);
        new TextGenerator(model).Check(prompt, options);
        IReadOnlyList<int> stops = options.StopTokensOf(model.Tokenizer);
        DecodingPipeline pipeline = options.ToPipeline(stops);
        Validate(model, options, search, pipeline);
        int capacity = (int)Math.Min((long)prompt.Length + options.MaxTokens, model.Configuration.ContextLength);
        if (capacity == prompt.Length)
            return [new Hypothesis([], 0, 0, IsFinished: false)];
        SearchOptions? ranked = Ranked(options, search, stops, pipeline);
        if (ranked is ContrastiveSearchOptions contrastive)
        {
            using var hidden = new HiddenModelSequence(model, capacity);
            return [ContrastiveSearch.Run(hidden, prompt, contrastive, cancellationToken)];
        }

        using IScoredSequence sequence = search.CoveragePenalty != 0 ? new AttendedModelSequence(model, capacity, prompt.Length) : new ModelSequence(model, capacity);
        return ranked switch
        {
            BeamSearchOptions beams => BeamSearch.Run(sequence, prompt, beams, cancellationToken),
            ConstrainedSearchOptions constrained => ConstrainedBeamSearch.Run(sequence, prompt, constrained, cancellationToken),
            { } stochastic => StochasticBeamSearch.Run(sequence, prompt, stochastic, cancellationToken),
            null => Draw(sequence, prompt, Drawn(options, search, stops, pipeline) with { Banned = Banned(model, search) }, search, cancellationToken),
        };
    }

    /// <summary>Checks what a search and the other options say together.</summary>
    /// <exception cref="ArgumentException">They contradict each other; the message names them.</exception>
    internal static void Validate(LanguageModel model, GenerationOptions options, TextSearchOptions search, DecodingPipeline pipeline)
    {
        search.Validate();
        if (!search.IsOn)
            throw new ArgumentException($"{nameof(TextSearchOptions)} ask for no search.");
        bool draws = search.BestOf > 0 || search.Ban.Count > 0 || search.BackspaceToken is not null;
        Refuse(options.StopStrings.Count > 0, nameof(options.StopStrings), "Searches end at the model's own tokens");
        Refuse(options.LogProbabilities is not null, nameof(options.LogProbabilities), "Searches give each text's own log-probability and score");
        Refuse(options.Speculation is not null, nameof(options.Speculation), "Searches do not draft ahead");
        Refuse(options.PromptCache is not null, nameof(options.PromptCache), "Searches have sequences of their own");
        Refuse(pipeline.Processors.Any(each => each is Guidance), nameof(Guidance), "Guidance follows one text, and searches several");
        Refuse(!draws && pipeline.Truncations.Count > 0, pipeline.Truncations is [var first, ..] ? first.GetType().Name : "", $"{search.Method} ranks all tokens and truncates none");
        if (search.BestOf > 1 && pipeline.IsGreedy)
            throw new ArgumentException($"{nameof(search.BestOf)} is {search.BestOf}, but {nameof(options.Temperature)} 0 draws the same text every time; set it above 0.");

        IReadOnlyList<int> stops = options.StopTokensOf(model.Tokenizer);
        if (draws)
            Drawn(options, search, stops, pipeline).Validate(model.Configuration.VocabularySize);
        BannedPhrases.Validate(search.Ban);
        Ranked(options, search, stops, pipeline)?.Validate();

        void Refuse(bool given, string name, string why)
        {
            if (given)
                throw new ArgumentException($"{why}; leave out {name}.");
        }
    }

    // The search's own settings; null for one that draws.
    private static SearchOptions? Ranked(GenerationOptions options, TextSearchOptions search, IReadOnlyList<int> stops, DecodingPipeline pipeline)
    {
        SearchOptions? own = search switch
        {
            { Contrastive: > 0 } => new ContrastiveSearchOptions { Candidates = search.Contrastive, Penalty = search.DegenerationPenalty, Results = search.Results },
            { Include.Count: > 0 } => new ConstrainedSearchOptions { Beams = search.ConstrainedBeams, Phrases = search.Include, Results = search.Results },
            { StochasticBeams: > 0 } => new SearchOptions { Results = search.StochasticBeams },
            { Beams: > 0 } => new BeamSearchOptions
            {
                Beams = search.Beams, Groups = search.BeamGroups, DiversityPenalty = search.DiversityPenalty, Draws = search.BeamSample, EarlyStopping = search.EarlyStopping,
                CoveragePenalty = new CoveragePenalty(search.CoveragePenalty), Results = search.Results,
            },
            _ => null,
        };
        return own is null ? null : own with
        {
            MaxTokens = options.MaxTokens, StopTokens = stops, Processors = pipeline.Processors, LengthPenalty = search.Lengths, Seed = pipeline.Seed ?? (uint)Random.Shared.NextInt64(1L << 32),
        };
    }

    // But for what it bans, which is built once, when all is known to be right.
    private static SampledSearchOptions Drawn(GenerationOptions options, TextSearchOptions search, IReadOnlyList<int> stops, DecodingPipeline pipeline) => new()
    {
        Pipeline = pipeline, MaxTokens = options.MaxTokens, StopTokens = stops, BackspaceToken = search.BackspaceToken, MostTakenBack = search.MostTakenBack,
    };

    private static BannedPhrases? Banned(LanguageModel model, TextSearchOptions search) =>
        search.Ban.Count > 0 ? new BannedPhrases(model.Tokenizer, search.Ban, search.BanIgnoresCase) : null;

    private static IReadOnlyList<Hypothesis> Draw(
        IScoredSequence sequence, ReadOnlySpan<int> prompt, SampledSearchOptions options, TextSearchOptions search, CancellationToken cancellationToken)
    {
        IReadOnlyList<Hypothesis> drawn = SampledSearch.RunMany(sequence, prompt, options, Math.Max(search.BestOf, 1), cancellationToken);
        IReadOnlyList<Hypothesis> ranked = search.Rank == PathRanking.Mbr ? Reranking.ByMinimumBayesRisk(drawn) : Reranking.ByProbability(drawn, search.Lengths);
        return [.. ranked.Take(search.Results)];
    }
}
