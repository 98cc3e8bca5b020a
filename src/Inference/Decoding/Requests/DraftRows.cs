using static KernelFoundry.Inference.Decoding.OptionKinds;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Options of speculation.</summary>
internal static class DraftRows
{
    private static readonly OptionRows<DraftOptions> s_rows = new(r => r.Drafts, (r, part) => r with { Drafts = part });

    public static DecodingOptionGroup Group { get; } = new("Speculation: the same text, sooner",
    [
        s_rows.Row("draft_lookup", Count, "N", "prompt-lookup", "Draft N tokens that followed the last ones before.", o => o.Lookup, (o, n) => o with { Lookup = n }),
        s_rows.Row("draft_longest_match", Count, "N", "prompt-lookup", "Last tokens to look for.", o => o.LongestMatch, (o, n) => o with { LongestMatch = n }),
        s_rows.Row("draft_shortest_match", Count, "N", "prompt-lookup", "The fewest that count as a match.", o => o.ShortestMatch, (o, n) => o with { ShortestMatch = n }),
        s_rows.Row("draft_paths", Count, "N", "prompt-lookup", "Places to continue from; more than one make a tree.", o => o.Paths, (o, n) => o with { Paths = n }),
        s_rows.Row("draft_recycling", Count, "N", "token-recycling", "Draft trees of N nodes from tokens that were probable before.", o => o.Recycling, (o, n) => o with { Recycling = n }),
        s_rows.Row("draft_successors", Count, "N", "token-recycling", "Probable tokens to remember after each token.", o => o.Successors, (o, n) => o with { Successors = n }),
        s_rows.Row("draft_model", OptionKinds.Model, "FILE", "draft-model", "Draft with a smaller model of the same vocabulary.", o => o.Model, (o, model) => o with { Model = model }, notInRequests: "requests name no files"),
        s_rows.Row("draft_branches", Branches, "N,N,...", "draft-model", "Children of each node, depth by depth.", o => o.Branches, (o, x) => o with { Branches = x }, notInRequests: "it belongs to a draft model, and requests name no files"),
        s_rows.Row("verifier", Word<DraftVerifier>(), "HOW", "verifiers", "What accepts drafts: the same text as without (exact), or the same distribution (rejection, selection).", o => o.Verifier, (o, x) => o with { Verifier = x }),
        s_rows.Row("draft_nodes", Count, "N", "verifiers", "Most nodes of a tree, the last token included.", o => o.MostNodes, (o, n) => o with { MostNodes = n }),
    ]);
}
