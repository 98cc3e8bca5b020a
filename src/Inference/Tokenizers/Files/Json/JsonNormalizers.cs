using System.Text;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The normalizers of <c>tokenizer.json</c>. A kind is a row of the table.</summary>
internal static class JsonNormalizers
{
    private const string Marker = "▁";

    private static readonly SortedDictionary<string, Func<JsonField, IEnumerable<Normalizer>>> s_kinds = new(StringComparer.Ordinal)
    {
        ["BertNormalizer"] = Bert,
        ["Lowercase"] = _ => [new LowercaseNormalizer()],
        ["NFC"] = _ => [new UnicodeNormalizer(composes: true, compatible: false)],
        ["NFD"] = _ => [new UnicodeNormalizer(composes: false, compatible: false)],
        ["NFKC"] = _ => [new UnicodeNormalizer(composes: true, compatible: true)],
        ["NFKD"] = _ => [new UnicodeNormalizer(composes: false, compatible: true)],
        ["Precompiled"] = Precompiled,
        ["Prepend"] = field => [new PrependNormalizer(Encoding.UTF8.GetBytes(field["prepend"].String()))],
        ["Replace"] = field => [Replace(field)],
        ["Sequence"] = field => field["normalizers"].Elements().SelectMany(Create),
        ["Strip"] = field => [new SpaceTrimmer(field["strip_left"].Boolean(true), field["strip_right"].Boolean(true))],
        ["StripAccents"] = _ => [new AccentStripper()],
    };

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    /// <summary>Reads the normalizer.</summary>
    /// <returns>The steps, and whether they write spaces as U+2581.</returns>
    public static (IReadOnlyList<Normalizer> Steps, bool MarksSpaces) Read(JsonField field)
    {
        var steps = new List<Normalizer>();
        // Steps are made one by one, so that a hostile file costs no more than those that are allowed.
        foreach (var step in field.IsNull ? [] : Create(field))
        {
            if (steps.Count == JsonKinds.MaximumSteps)
                throw field.Error($"of more than {JsonKinds.MaximumSteps} steps", $"at most {JsonKinds.MaximumSteps}");
            steps.Add(step);
        }

        return (steps, steps.Exists(step => step is SpaceMarker));
    }

    private static IEnumerable<Normalizer> Create(JsonField field) => JsonKinds.Find(field, s_kinds, "normalizer")(field);

    private static IReadOnlyList<Normalizer> Bert(JsonField field)
    {
        bool lowercases = field["lowercase"].Boolean(true);
        return BertParts.Normalizers(field["clean_text"].Boolean(true), field["handle_chinese_chars"].Boolean(true),
            field["strip_accents"].Boolean(lowercases), lowercases);
    }

    private static Normalizer Replace(JsonField field)
    {
        byte[] content = Encoding.UTF8.GetBytes(field["content"].String());
        var pattern = field["pattern"];
        if (pattern["String"] is { IsNull: false } text)
        {
            if (text.String().Length == 0)
                throw text.Error("empty", "a text");
            return text.String() == " " && field["content"].String() == Marker ? SpaceMarker.Instance : new TextReplacer(Encoding.UTF8.GetBytes(text.String()), content);
        }

        return new PatternReplacer(JsonKinds.Pattern(pattern["Regex"]), content);
    }

    private static Normalizer[] Precompiled(JsonField field)
    {
        var map = field["precompiled_charsmap"];
        if (map.OptionalString() is not { Length: > 0 } base64)
            return [];
        byte[] content = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, content, out int length) && CharacterMap.Read(content.AsSpan(0, length)) is { } rules
            ? [rules]
            : throw map.Error("malformed", "normalization rules as SentencePiece compiles them, in base 64");
    }
}
