using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Speculation as plain settings, all off by default: at most one way to draft is set.</summary>
public sealed record DraftOptions
{
    private static readonly PromptLookup s_lookup = new();
    private static readonly TokenRecycling s_recycling = new();

    /// <summary>Tokens that <see cref="PromptLookup"/> drafts; 0 is off.</summary>
    public int Lookup { get; init; }

    /// <inheritdoc cref="PromptLookup.LongestMatch"/>
    public int LongestMatch { get; init; } = s_lookup.LongestMatch;

    /// <inheritdoc cref="PromptLookup.ShortestMatch"/>
    public int ShortestMatch { get; init; } = s_lookup.ShortestMatch;

    /// <inheritdoc cref="PromptLookup.Paths"/>
    public int Paths { get; init; } = s_lookup.Paths;

    /// <summary>Nodes of the trees that <see cref="TokenRecycling"/> drafts; 0 is off.</summary>
    public int Recycling { get; init; }

    /// <inheritdoc cref="TokenRecycling.Successors"/>
    public int Successors { get; init; } = s_recycling.Successors;

    /// <summary>A model that drafts; null is off.</summary>
    public LanguageModel? Model { get; init; }

    /// <inheritdoc cref="DraftModel.Branches"/>
    public IReadOnlyList<int> Branches { get; init; } = [1, 1, 1, 1];

    /// <summary>What accepts drafts.</summary>
    public DraftVerifier Verifier { get; init; }

    /// <inheritdoc cref="SpeculationOptions.MostNodes"/>
    public int MostNodes { get; init; } = 64;

    /// <summary>What they come to; null for no drafts.</summary>
    /// <exception cref="ArgumentException">Two ways to draft are set, or a setting needs one that is not; the message names them.</exception>
    public SpeculationOptions? ToSpeculation()
    {
        (string Name, bool IsOn, Func<DraftMethod> Method)[] all =
        [
            (nameof(Lookup), Lookup != 0, () => new PromptLookup(Lookup, LongestMatch, ShortestMatch, Paths)),
            (nameof(Recycling), Recycling != 0, () => new TokenRecycling(Recycling, Successors)),
            (nameof(Model), Model is not null, () => new DraftModel(Model!) { Branches = Branches }),
        ];
        (string Name, bool IsOn, Func<DraftMethod> Method)[] given = [.. all.Where(each => each.IsOn)];
        if (given.Length > 1)
            throw new ArgumentException($"{given[0].Name} and {given[1].Name} both draft; leave one out.");
        var standard = new DraftOptions();
        (string Name, bool IsSet, string Needed, bool IsThere)[] needs =
        [
            (nameof(LongestMatch), LongestMatch != standard.LongestMatch, nameof(Lookup), Lookup != 0),
            (nameof(ShortestMatch), ShortestMatch != standard.ShortestMatch, nameof(Lookup), Lookup != 0),
            (nameof(Paths), Paths != standard.Paths, nameof(Lookup), Lookup != 0),
            (nameof(Successors), Successors != standard.Successors, nameof(Recycling), Recycling != 0),
            (nameof(Branches), !Branches.SequenceEqual(standard.Branches), nameof(Model), Model is not null),
            (nameof(Verifier), Verifier != DraftVerifier.Auto, "a way to draft", given.Length > 0),
            (nameof(MostNodes), MostNodes != standard.MostNodes, "a way to draft", given.Length > 0),
        ];
        foreach ((string name, bool isSet, string needed, bool isThere) in needs)
        {
            if (isSet && !isThere)
                throw new ArgumentException($"{name} needs {needed}: without it, it changes nothing.");
        }

        return given.Length == 0 ? null : new SpeculationOptions { Drafts = given[0].Method(), Verifier = Verify(Verifier), MostNodes = MostNodes };
    }

    private static IVerifier? Verify(DraftVerifier verifier) => verifier switch
    {
        DraftVerifier.Exact => ExactVerifier.Instance,
        DraftVerifier.Rejection => RejectionVerifier.Instance,
        DraftVerifier.Selection => SequentialSelectionVerifier.Instance,
        _ => null,
    };
}
