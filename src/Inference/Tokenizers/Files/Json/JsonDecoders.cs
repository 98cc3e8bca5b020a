
namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The decoders of <c>tokenizer.json</c>. A kind is a row of the table, which changes how each token is written.</summary>
internal static class JsonDecoders
{
    private static readonly SortedDictionary<string, Action<JsonField, JsonDecoding>> s_kinds = new(StringComparer.Ordinal)
    {
        ["ByteFallback"] = (_, decoding) => decoding.HasByteTokens = true,
        ["ByteLevel"] = (_, decoding) => decoding.IsByteLevel = true,
        ["Fuse"] = (_, decoding) => decoding.IsFused = true,
        ["Metaspace"] = (field, decoding) =>
        {
            decoding.Steps.Add(text => text.Replace('▁', ' '));
            decoding.DropsSpace |= (field["prepend_scheme"].OptionalString() ?? (field["add_prefix_space"].Boolean(true) ? "always" : "never")) != "never";
        },
        ["Replace"] = Replace,
        ["Sequence"] = (field, decoding) =>
        {
            foreach (var part in field["decoders"].Elements())
                Create(part, decoding);
        },
        ["Strip"] = Strip,
        ["WordPiece"] = (field, decoding) => (decoding.WordPiecePrefix, decoding.JoinsMarks) = (field["prefix"].OptionalString() ?? "##", field["cleanup"].Boolean(true)),
    };

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    public static JsonDecoding Read(JsonField field)
    {
        var decoding = new JsonDecoding { IsSpaced = field.IsNull };
        if (!field.IsNull)
            Create(field, decoding);
        return decoding;
    }

    private static void Create(JsonField field, JsonDecoding decoding)
    {
        if (decoding.Steps.Count > JsonKinds.MaximumSteps)
            throw field.Error($"one of more than {JsonKinds.MaximumSteps} steps", $"at most {JsonKinds.MaximumSteps} decoders");
        JsonKinds.Find(field, s_kinds, "decoder")(field, decoding);
    }

    private static void Replace(JsonField field, JsonDecoding decoding)
    {
        var search = field["pattern"]["String"];
        string text = search.String(), content = field["content"].String();
        if (text.Length == 0)
            throw search.Error("empty", "a text");
        decoding.Steps.Add(token => token.Replace(text, content, StringComparison.Ordinal));
    }

    // Of text that is fused, only where it begins is known before it ends: that is what models use it for.
    private static void Strip(JsonField field, JsonDecoding decoding)
    {
        string content = field["content"].String();
        int start = field["start"].Integer(), stop = field["stop"].Integer();
        if (content != " " || start is not (0 or 1) || stop != 0 || !decoding.IsFused)
            throw field.Error($"stripping {start} and {stop} of '{content}'", "1 space where a text begins, after Fuse");
        decoding.DropsSpace |= start == 1;
    }
}
