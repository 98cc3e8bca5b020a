using static KernelFoundry.Inference.Decoding.OptionKinds;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Options of searches.</summary>
internal static class SearchRows
{
    private static readonly OptionRows<TextSearchOptions> s_rows = new(r => r.Search, (r, part) => r with { Search = part });

    public static DecodingOptionGroup Group { get; } = new("Search",
    [
        s_rows.Row("beams", Count, "N", "beam-search", "Beam search with N beams.", o => o.Beams, (o, n) => o with { Beams = n }),
        s_rows.Row("beam_groups", Count, "G", "diverse-beam-search", "Groups the beams are divided into.", o => o.BeamGroups, (o, n) => o with { BeamGroups = n }),
        s_rows.Row("diversity_penalty", Real, "D", "diverse-beam-search", "Taken off tokens that groups before chose.", o => o.DiversityPenalty, (o, x) => o with { DiversityPenalty = x }),
        s_rows.Row("beam_sample", Switch, "", "beam-sample", "Draw the beams instead of taking the best.", o => o.BeamSample, (o, x) => o with { BeamSample = x }),
        s_rows.Row("early_stopping", Word<EarlyStopping>("When"), "WHEN", "early-stopping", "When to give up open beams: certain, unlikely or full.", o => o.EarlyStopping, (o, x) => o with { EarlyStopping = x }),
        s_rows.Row("coverage_penalty", Real, "B", "coverage-penalty", "Favour beams that attend to all of the prompt.", o => o.CoveragePenalty, (o, x) => o with { CoveragePenalty = x }),
        s_rows.Row("include", Phrases, "TEXT", "constrained-beam-search", "Beam search for texts that include this.", o => o.Include, (o, x) => o with { Include = x }),
        s_rows.Row("stochastic_beams", Count, "N", "stochastic-beam-search", "Draw N different texts.", o => o.StochasticBeams, (o, n) => o with { StochasticBeams = n }),
        s_rows.Row("contrastive", Count, "K", "contrastive-search", "Contrastive search among the K most probable tokens.", o => o.Contrastive, (o, n) => o with { Contrastive = n }),
        s_rows.Row("degeneration_penalty", Real, "A", "contrastive-search", "What likeness to the text so far takes off.", o => o.DegenerationPenalty, (o, x) => o with { DegenerationPenalty = x }),
        s_rows.Row("length_penalty", Real, "A", "length-penalty", "Divide log-probabilities by length^A.", o => o.LengthPenalty, (o, x) => o with { LengthPenalty = x }),
        s_rows.Row("gnmt_length_penalty", Switch, "", "length-penalty", "Divide them by ((5 + length) / 6)^A instead.", o => o.GnmtLengthPenalty, (o, x) => o with { GnmtLengthPenalty = x }),
        s_rows.Row("best_of", Count, "N", "best-of", "Draw N texts and rank them.", o => o.BestOf, (o, n) => o with { BestOf = n }),
        s_rows.Row("rank", Word<PathRanking>(), "HOW", "reranking", "How they are ranked: by probability, or by minimum Bayes risk (mbr).", o => o.Rank, (o, x) => o with { Rank = x }),
        s_rows.Row("ban", Texts, "TEXT", "banned-phrases", "Take the text back where this appears.", o => o.Ban, (o, x) => o with { Ban = x }),
        s_rows.Row("ban_ignores_case", Switch, "", "banned-phrases", "Ban ASCII letters in either case.", o => o.BanIgnoresCase, (o, x) => o with { BanIgnoresCase = x }),
        s_rows.Row("backspace_token", Token, "TOKEN", "backspace", "A token that takes back the one before it.", o => o.BackspaceToken, (o, x) => o with { BackspaceToken = x }),
        s_rows.Row("most_taken_back", Count, "N", "banned-phrases", "Most tokens that are taken back.", o => o.MostTakenBack, (o, n) => o with { MostTakenBack = n }),
        s_rows.Row("results", Count, "N", "n-best", "Texts to give, the best first.", o => o.Results, (o, n) => o with { Results = n }),
    ]);
}
