using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Chat;

/// <summary>Texts of the special tokens that templates write; empty where a model has none.</summary>
public sealed record ChatTokens
{
    /// <summary>Begins a sequence.</summary>
    public string Bos { get; init; } = "";

    /// <summary>Ends a sequence.</summary>
    public string Eos { get; init; } = "";

    /// <summary>Stands for text the vocabulary cannot express.</summary>
    public string Unknown { get; init; } = "";

    /// <summary>Fills up batches.</summary>
    public string Padding { get; init; } = "";

    /// <summary>The texts of a tokenizer's tokens.</summary>
    public static ChatTokens Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new ChatTokens { Bos = Text(tokenizer.BosId), Eos = Text(tokenizer.EosId), Unknown = Text(tokenizer.UnknownId) };

        string Text(int? id) => id is { } token ? Encoding.UTF8.GetString(tokenizer.Vocabulary.Text(token)) : "";
    }
}
