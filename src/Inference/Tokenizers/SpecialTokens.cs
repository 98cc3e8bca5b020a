using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>The ids a model gives special roles, and what it puts around a text.</summary>
internal sealed record SpecialTokens
{
    public int? Bos { get; init; }

    public int? Eos { get; init; }

    /// <summary>Ends a turn of a chat.</summary>
    public int? EndOfTurn { get; init; }

    /// <summary>Ends a message that calls a tool.</summary>
    public int? EndOfMessage { get; init; }

    public int? Unknown { get; init; }

    public int? Separator { get; init; }

    public int? Padding { get; init; }

    public int? Class { get; init; }

    public int? Mask { get; init; }

    public bool AddBos { get; init; }

    public bool AddEos { get; init; }

    /// <summary>A text ends with <see cref="Separator"/>.</summary>
    public bool AddSeparator { get; init; }

    /// <summary>The tokens before a text; null where they follow from the flags.</summary>
    public IReadOnlyList<int>? Prefix { get; init; }

    /// <summary>The tokens after a text; null where they follow from the flags.</summary>
    public IReadOnlyList<int>? Suffix { get; init; }

    /// <summary>
    /// Reads the <c>tokenizer.ggml.*</c> entries. Values in <paramref name="defaults"/> stand where the file is silent; an id
    /// among them that a small vocabulary does not have is left out.
    /// </summary>
    /// <exception cref="InvalidModelException">An id is not in the vocabulary.</exception>
    public static SpecialTokens Read(GgufMetadata metadata, int vocabularySize, SpecialTokens defaults)
    {
        return new SpecialTokens
        {
            Bos = Id("bos_token_id", defaults.Bos),
            Eos = Id("eos_token_id", defaults.Eos),
            EndOfTurn = Id("eot_token_id", defaults.EndOfTurn),
            EndOfMessage = Id("eom_token_id", defaults.EndOfMessage),
            Unknown = Id("unknown_token_id", defaults.Unknown),
            // The first spelling is the one that files have.
            Separator = Id("seperator_token_id", Id("separator_token_id", defaults.Separator)),
            Padding = Id("padding_token_id", defaults.Padding),
            Class = Id("cls_token_id", defaults.Class),
            Mask = Id("mask_token_id", defaults.Mask),
            AddBos = Flag("add_bos_token", defaults.AddBos),
            AddEos = Flag("add_eos_token", defaults.AddEos),
            AddSeparator = Flag("add_sep_token", defaults.AddSeparator),
        };

        bool Flag(string name, bool absent) => metadata.TryGetBoolean("tokenizer.ggml." + name, out bool value) ? value : absent;

        int? Id(string name, int? absent)
        {
            string key = "tokenizer.ggml." + name;
            if (!metadata.TryGetInt64(key, out long id))
                return absent < vocabularySize ? absent : null;
            return id >= 0 && id < vocabularySize
                ? (int)id
                : throw metadata.GetValue(key).Error($"{id}", $"a token id from 0 to {vocabularySize - 1}");
        }
    }
}
