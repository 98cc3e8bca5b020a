using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.Patterns;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The pre-tokenizers of <c>tokenizer.json</c>. A kind is a row of the table.</summary>
internal static class JsonPreTokenizers
{
    private static readonly SortedDictionary<string, Action<JsonField, JsonCuts>> s_kinds = new(StringComparer.Ordinal)
    {
        ["BertPreTokenizer"] = (_, cuts) => Add(cuts, [.. BertParts.Splitters]),
        ["ByteLevel"] = ByteLevel,
        ["CharDelimiterSplit"] = (field, cuts) => Add(cuts, new PatternSplitter(Literal(field["delimiter"]), SplitBehavior.Removed)),
        ["Digits"] = (field, cuts) => Isolate(cuts, field["individual_digits"].Boolean(false) ? @"\p{N}" : @"\p{N}+"),
        ["Metaspace"] = Metaspace,
        ["Punctuation"] = (field, cuts) => Add(cuts, new PatternSplitter(new Pattern(@"[\p{P}!-/:-@\[-`{-~]"), Behavior(field["behavior"], SplitBehavior.Isolated))),
        ["Sequence"] = Sequence,
        ["Split"] = Split,
        ["Whitespace"] = (_, cuts) => Add(cuts, new PatternSplitter(new Pattern(@"\w+|[^\w\s]+"), SplitBehavior.Removed, isInverted: true)),
        ["WhitespaceSplit"] = (_, cuts) => Add(cuts, new PatternSplitter(new Pattern(@"\s+"), SplitBehavior.Removed)),
    };

    private static readonly SortedDictionary<string, SplitBehavior> s_behaviors =
        new(Enum.GetValues<SplitBehavior>().ToDictionary(behavior => behavior.ToString()), StringComparer.Ordinal);

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    public static JsonCuts Read(JsonField field)
    {
        var cuts = new JsonCuts();
        if (!field.IsNull)
            Create(field, cuts);
        return cuts;
    }

    private static void Create(JsonField field, JsonCuts cuts)
    {
        if (cuts.Splitters.Count + cuts.Normalizers.Count > JsonKinds.MaximumSteps)
            throw field.Error($"one of more than {JsonKinds.MaximumSteps} steps", $"at most {JsonKinds.MaximumSteps} pre-tokenizers");
        JsonKinds.Find(field, s_kinds, "pre-tokenizer")(field, cuts);
    }

    private static void Sequence(JsonField field, JsonCuts cuts)
    {
        foreach (var part in field["pretokenizers"].Elements())
            Create(part, cuts);
    }

    private static void ByteLevel(JsonField field, JsonCuts cuts)
    {
        cuts.IsByteLevel = true;
        if (field["add_prefix_space"].Boolean(true))
        {
            if (cuts.Splitters.Count > 0)
                throw field.Error("a prefix for each of several pieces, which is not supported", "add_prefix_space in the first pre-tokenizer, or false");
            cuts.Normalizers.Add(new PrependNormalizer(" "u8.ToArray()) { Unless = UnicodeSets.WhiteSpace.Contains });
            cuts.AddsPrefix = true;
        }

        if (field["use_regex"].Boolean(true))
            Isolate(cuts, PreTokenizerFamilies.Gpt2);
    }

    private static void Metaspace(JsonField field, JsonCuts cuts)
    {
        var replacement = field["replacement"];
        if (replacement.OptionalString() is { } mark && mark != "▁")
            throw replacement.Error(replacement.Describe(), "'▁'");
        var scheme = field["prepend_scheme"];
        string when = scheme.OptionalString() ?? (field["add_prefix_space"].Boolean(true) ? "always" : "never");
        if (when is not ("always" or "first" or "never"))
            throw scheme.Error(scheme.Describe(), "always, first or never");
        cuts.MarksSpaces = true;
        cuts.AddsPrefix = when != "never";
        cuts.Normalizers.Add(SpaceMarker.Instance);
        if (cuts.AddsPrefix)
        {
            cuts.Normalizers.Add(new PrependNormalizer(MarkerSplitter.Marker.ToArray())
            {
                OnlyAtTextStart = when == "first",
                Unless = codePoint => codePoint == '▁',
            });
        }

        if (field["split"].Boolean(true))
            Add(cuts, new MarkerSplitter(joinsRuns: false));
    }

    private static void Split(JsonField field, JsonCuts cuts)
    {
        var behavior = Behavior(field["behavior"], null);
        bool isInverted = field["invert"].Boolean(false);
        var pattern = field["pattern"];
        if (pattern["String"] is { IsNull: false } text)
        {
            Add(cuts, new PatternSplitter(Literal(text), behavior, isInverted));
            return;
        }

        var regex = pattern["Regex"];
        // Isolating matches and isolating what lies between come to the same, and so does leaving out what lies between where nothing does.
        if (behavior == SplitBehavior.Isolated)
            Isolate(cuts, regex);
        else
            Add(cuts, new PatternSplitter(JsonKinds.Pattern(regex), behavior, isInverted));
    }

    private static SplitBehavior Behavior(JsonField field, SplitBehavior? absent) =>
        field.IsNull && absent is { } given ? given
        : s_behaviors.TryGetValue(field.String(), out var behavior) ? behavior
        : throw field.Error(field.Describe(), string.Join(", ", s_behaviors.Keys));

    private static void Isolate(JsonCuts cuts, string pattern)
    {
        cuts.Patterns?.Add(pattern);
        cuts.Splitters.Add(new PatternSplitter(new Pattern(pattern)));
    }

    private static void Isolate(JsonCuts cuts, JsonField pattern)
    {
        if (pattern.String() == DigitGroupSplitter.Pattern)
        {
            cuts.Patterns?.Add(pattern.String());
            cuts.Splitters.Add(new DigitGroupSplitter());
            return;
        }

        cuts.Patterns?.Add(pattern.String());
        cuts.Splitters.Add(new PatternSplitter(JsonKinds.Pattern(pattern)));
    }

    private static void Add(JsonCuts cuts, params Splitter[] splitters)
    {
        cuts.Patterns = null;
        cuts.Splitters.AddRange(splitters);
    }

    private static Pattern Literal(JsonField text)
    {
        if (text.String().Length == 0)
            throw text.Error("empty", "a text");
        return new Pattern(string.Concat(text.String().EnumerateRunes().Select(rune => $@"\x{{{rune.Value:X}}}")));
    }
}
