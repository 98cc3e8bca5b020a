using System.CommandLine;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options of searches, which look at several continuations and print the best when they are done.</summary>
internal static class SearchFlags
{
    private static readonly Option<int> s_beams = NumberOption.Create("--beams", "N", "Beam search with N beams.", 0);
    private static readonly Option<int> s_groups = NumberOption.Create("--beam-groups", "G", "Groups the beams are divided into.", 1);
    private static readonly Option<double> s_diversity = new("--diversity-penalty") { HelpName = "D", Description = "Taken off tokens that groups before chose." };
    private static readonly Option<bool> s_draws = new("--beam-sample") { Description = "Draw the beams instead of taking the best." };
    private static readonly Option<string[]> s_include = new("--include") { HelpName = "TEXT", Description = "Beam search for texts that include this. Any number of times." };
    private static readonly Option<int> s_stochastic = NumberOption.Create("--stochastic-beams", "N", "Draw N different texts.", 0);
    private static readonly Option<int> s_contrastive = NumberOption.Create("--contrastive", "K", "Contrastive search among the K most probable tokens.", 0);
    private static readonly Option<double> s_degeneration = new("--degeneration-penalty")
    {
        HelpName = "A",
        Description = "With --contrastive: what likeness to the text so far takes off.",
        DefaultValueFactory = _ => new ContrastiveSearchOptions().Penalty,
    };

    private static readonly Option<double> s_length = new("--length-penalty") { HelpName = "A", Description = "Divide log-probabilities by length^A." };
    private static readonly Option<int> s_bestOf = NumberOption.Create("--best-of", "N", "Draw N texts and rank them.", 0);
    private static readonly Option<string> s_rank = Rank();
    private static readonly Option<string[]> s_ban = new("--ban") { HelpName = "TEXT", Description = "Take the text back where this appears. Any number of times." };
    private static readonly Option<int> s_results = NumberOption.Create("--results", "N", "Texts to print, the best first.", 1);

    public static OptionGroup Group { get; } = new("Search", s_beams, s_groups, s_diversity, s_draws, s_include, s_stochastic, s_contrastive, s_degeneration, s_length, s_bestOf,
        s_rank, s_ban, s_results);

    /// <summary>Whether they ask for a search.</summary>
    public static bool IsGiven(ParseResult parsed) => Given(parsed).Length > 0;

    /// <summary>The search they ask for; null for none.</summary>
    /// <exception cref="UsageException">Two searches are asked for, or one needs what is not given.</exception>
    public static Func<CancellationToken, IReadOnlyList<Hypothesis>>? Read(
        ParseResult parsed, LanguageModel model, int[] prompt, int maxTokens, DecodingOptions decoding)
    {
        string[] include = parsed.GetValue(s_include) ?? [], ban = parsed.GetValue(s_ban) ?? [];
        int beams = parsed.GetValue(s_beams), stochastic = parsed.GetValue(s_stochastic), bestOf = parsed.GetValue(s_bestOf);
        Option[] given = Given(parsed);
        if (given.Length == 0)
            return null;
        if (given.Length > 1)
            throw new UsageException($"{given[0].Name} and {given[1].Name} are different searches; leave one out.");
        int capacity = Math.Min(prompt.Length + maxTokens, model.Configuration.ContextLength);
        int[] stops = model.Tokenizer.EosId is { } eos ? [eos] : [];
        DecodingPipeline pipeline = UsageException.Check(() => decoding.ToPipeline(stops));
        var penalty = new LengthPenalty(parsed.GetValue(s_length));
        int results = parsed.GetValue(s_results);
        return token => UsageException.Check<IReadOnlyList<Hypothesis>>(() =>
        {
            if (given[0] == s_contrastive)
            {
                using var hidden = new HiddenModelSequence(model, capacity);
                return [ContrastiveSearch.Run(hidden, prompt, new ContrastiveSearchOptions
                {
                    Candidates = parsed.GetValue(s_contrastive), Penalty = parsed.GetValue(s_degeneration), Results = results, MaxTokens = maxTokens, StopTokens = stops,
                    Processors = pipeline.Processors,
                }, token)];
            }

            using var sequence = new ModelSequence(model, capacity);
            if (given[0] == s_bestOf)
                return Ranked(parsed, sequence, prompt, BannedIn(model, ban), pipeline, maxTokens, stops, Math.Max(bestOf, 1), penalty, token).Take(results).ToList();
            if (include.Length > 0)
            {
                return ConstrainedBeamSearch.Run(sequence, prompt, new ConstrainedSearchOptions
                {
                    Beams = Math.Max(beams, 2 * include.Length), Results = results, MaxTokens = maxTokens, StopTokens = stops, Processors = pipeline.Processors,
                    LengthPenalty = penalty, Phrases = [.. include.Select(text => (IReadOnlyList<int>)model.Tokenizer.Encode(text))],
                }, token);
            }

            if (stochastic > 0)
            {
                return StochasticBeamSearch.Run(sequence, prompt, new SearchOptions
                {
                    Results = stochastic, MaxTokens = maxTokens, StopTokens = stops, Processors = pipeline.Processors, Seed = pipeline.Seed ?? (uint)Random.Shared.Next(),
                }, token);
            }

            return BeamSearch.Run(sequence, prompt, new BeamSearchOptions
            {
                Beams = beams, Groups = parsed.GetValue(s_groups), DiversityPenalty = parsed.GetValue(s_diversity), Draws = parsed.GetValue(s_draws),
                Results = results, MaxTokens = maxTokens, StopTokens = stops, Processors = pipeline.Processors, LengthPenalty = penalty,
                Seed = pipeline.Seed ?? (uint)Random.Shared.Next(),
            }, token);
        });
    }

    private static Option[] Given(ParseResult parsed) =>
    [
        .. new (Option Option, bool IsOn)[]
            {
                (s_beams, parsed.GetValue(s_beams) > 0 || parsed.GetValue(s_include) is { Length: > 0 }),
                (s_stochastic, parsed.GetValue(s_stochastic) > 0),
                (s_contrastive, parsed.GetValue(s_contrastive) > 0),
                (s_bestOf, parsed.GetValue(s_bestOf) > 0 || parsed.GetValue(s_ban) is { Length: > 0 }),
            }.Where(each => each.IsOn).Select(each => each.Option),
    ];

    private static Option<string> Rank()
    {
        var option = new Option<string>("--rank")
        {
            HelpName = "HOW",
            Description = "How --best-of ranks: by probability, or by minimum Bayes risk (mbr).",
            DefaultValueFactory = _ => "probability",
        };
        option.AcceptOnlyFromAmong("probability", "mbr");
        return option;
    }

    private static BannedPhrases? BannedIn(LanguageModel model, string[] ban) => ban.Length == 0 ? null : new BannedPhrases(model.Tokenizer, ban);

    private static IReadOnlyList<Hypothesis> Ranked(
        ParseResult parsed, ModelSequence sequence, int[] prompt, BannedPhrases? banned, DecodingPipeline pipeline, int maxTokens, int[] stops, int paths,
        LengthPenalty penalty, CancellationToken token)
    {
        var options = new SampledSearchOptions { Pipeline = pipeline, MaxTokens = maxTokens, StopTokens = stops, Banned = banned };
        IReadOnlyList<Hypothesis> drawn = SampledSearch.RunMany(sequence, prompt, options, paths, token);
        return parsed.GetValue(s_rank) == "mbr" ? Reranking.ByMinimumBayesRisk(drawn) : Reranking.ByProbability(drawn, penalty);
    }
}
