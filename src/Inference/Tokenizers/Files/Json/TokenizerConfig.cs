using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>What <c>tokenizer_config.json</c> says about special tokens, which <c>tokenizer.json</c> gives no roles.</summary>
internal sealed record TokenizerConfig
{
    private Dictionary<string, string> Tokens { get; init; } = [];

    private bool? AddBos { get; init; }

    private bool? AddEos { get; init; }

    /// <exception cref="InvalidModelException">The file is malformed.</exception>
    public static TokenizerConfig Read(ReadOnlyMemory<byte> content, string file)
    {
        using var document = TokenizerJson.Parse(content, file);
        var root = new JsonField(document.RootElement, file, "");
        var tokens = new Dictionary<string, string>();
        foreach (string role in new[] { "bos", "eos", "unk", "sep", "pad", "cls", "mask" })
        {
            var field = root[role + "_token"];
            field = field.IsObject ? field["content"] : field;
            if (field.OptionalString() is { } text)
                tokens.Add(role, text);
        }

        return new TokenizerConfig { Tokens = tokens, AddBos = Flag(root["add_bos_token"]), AddEos = Flag(root["add_eos_token"]) };

        static bool? Flag(JsonField field) => field.IsNull ? null : field.Boolean(false);
    }

    /// <summary>The roles; what is not said follows from what goes around a text.</summary>
    public SpecialTokens Roles(JsonVocabulary vocabulary, JsonTemplate template)
    {
        int? bos = Find("bos"), eos = Find("eos"), separator = Find("sep"), first = Find("cls");
        bool addBos = AddBos ?? template.Prefix.Count > 0, addEos = AddEos ?? template.Suffix.Count > 0;
        return new SpecialTokens
        {
            Bos = bos ?? first ?? (template.Prefix.Count > 0 ? template.Prefix[0] : null),
            Eos = eos ?? separator ?? (template.Suffix.Count > 0 ? template.Suffix[^1] : null),
            Unknown = Find("unk"),
            Separator = separator,
            Padding = Find("pad"),
            Class = first,
            Mask = Find("mask"),
            AddBos = addBos,
            AddEos = addEos,
            Prefix = addBos && template.Prefix.Count > 0 ? template.Prefix : addBos && bos is { } begin ? [begin] : [],
            Suffix = addEos && template.Suffix.Count > 0 ? template.Suffix : addEos && eos is { } end ? [end] : [],
        };

        int? Find(string role) =>
            Tokens.TryGetValue(role, out string? text) && vocabulary.Tokens.Find(Encoding.UTF8.GetBytes(text)) is var id and >= 0 ? id : null;
    }
}
