using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Decoding;

/// <summary>What options are read with.</summary>
/// <param name="Model">The model they are for, whose tokens texts become.</param>
public sealed record OptionSources(LanguageModel Model)
{
    /// <summary>Opens the model in a file; null where options may not name files.</summary>
    public Func<string, LanguageModel>? Open { get; init; }

    /// <summary>Gives the grammar of a key, by reading it or from an earlier request; null to read every time.</summary>
    public Func<string, Func<Grammar>, Grammar>? Remember { get; init; }

    /// <summary>What an option is called where it was given.</summary>
    public Func<DecodingOption, string> NameOf { get; init; } = option => option.Name;

    internal Tokenizer Tokenizer => Model.Tokenizer;

    internal Grammar Grammar(string key, Func<Grammar> read) => Remember is null ? read() : Remember(key, read);
}
