using System.CommandLine;
using System.Globalization;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options that draft tokens ahead.</summary>
internal static class SpeculationFlags
{
    private static readonly Option<int> s_lookup = NumberOption.Create("--draft-lookup", "N", "Draft N tokens that followed the last ones before.", 0);
    private static readonly Option<int> s_recycling = NumberOption.Create("--draft-recycling", "N", "Draft trees of N nodes from tokens that were probable before.", 0);
    private static readonly Option<string?> s_model = new("--draft-model") { HelpName = "FILE", Description = "Draft with a smaller model of the same vocabulary." };
    private static readonly Option<string> s_branches = new("--draft-branches")
    {
        HelpName = "N,N,...",
        Description = "With --draft-model: children of each node, depth by depth.",
        DefaultValueFactory = _ => "1,1,1,1",
    };

    private static readonly Option<string> s_verifier = Verifier();
    private static readonly Option<bool> s_compare = new("--compare") { Description = "Generate again without drafts, and say how much longer that takes." };

    public static OptionGroup Group { get; } = new("Speculation: the same text, sooner", s_lookup, s_recycling, s_model, s_branches, s_verifier, s_compare);

    /// <summary>Whether to generate again without drafts.</summary>
    public static bool Compares(ParseResult parsed) => parsed.GetValue(s_compare);

    /// <summary>The file of the draft model, if there is one.</summary>
    public static string? ModelFile(ParseResult parsed) => parsed.GetValue(s_model);

    /// <summary>What they ask for; null for no drafts.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="draft">The draft model, if one is named.</param>
    /// <exception cref="UsageException">Two ways to draft are asked for, or one is out of its range.</exception>
    public static SpeculationOptions? Read(ParseResult parsed, LanguageModel? draft)
    {
        (Option Option, Func<DraftMethod> Method)[] given = [.. new (Option Option, bool IsOn, Func<DraftMethod> Method)[]
            {
                (s_lookup, parsed.GetValue(s_lookup) != 0, () => new PromptLookup(parsed.GetValue(s_lookup))),
                (s_recycling, parsed.GetValue(s_recycling) != 0, () => new TokenRecycling(parsed.GetValue(s_recycling))),
                (s_model, draft is not null, () => new DraftModel(draft!) { Branches = Branches(parsed.GetRequiredValue(s_branches)) }),
            }.Where(each => each.IsOn).Select(each => (each.Option, each.Method))];
        if (given.Length > 1)
            throw new UsageException($"{given[0].Option.Name} and {given[1].Option.Name} both draft; leave one out.");
        if (given.Length == 0)
        {
            return Compares(parsed)
                ? throw new UsageException($"{s_compare.Name} needs {s_lookup.Name}, {s_recycling.Name} or {s_model.Name}: without drafts there is nothing to compare.")
                : null;
        }

        return new SpeculationOptions
        {
            Drafts = given[0].Method(),
            Verifier = parsed.GetValue(s_verifier) switch
            {
                "exact" => ExactVerifier.Instance,
                "rejection" => RejectionVerifier.Instance,
                "selection" => SequentialSelectionVerifier.Instance,
                _ => null,
            },
        };
    }

    private static int[] Branches(string text)
    {
        string[] parts = text.Split(',');
        var branches = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out branches[i]) || branches[i] < 1)
                throw new UsageException($"{s_branches.Name} is '{text}'; it is numbers of at least 1 with commas between them, as in 3,2,1.");
        }

        return branches;
    }

    private static Option<string> Verifier()
    {
        var option = new Option<string>("--verifier")
        {
            HelpName = "HOW",
            Description = "What accepts drafts: the same text as without (exact), or the same distribution (rejection, selection).",
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong("auto", "exact", "rejection", "selection");
        return option;
    }
}
