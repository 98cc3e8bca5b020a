using System.Collections.Frozen;
using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>
/// The pre-tokenizers that models name in <c>tokenizer.ggml.pre</c>, with the patterns their makers publish in <c>tokenizer.json</c>.
/// A family is a row.
/// </summary>
internal static class PreTokenizerFamilies
{
    /// <summary>GPT-2 (Radford et al. 2019).</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string Contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Spaces = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Words = $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|";
    private const string Marks = $@"| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{Spaces}";

    /// <summary>Llama 3: numbers in threes.</summary>
    public const string Llama3 = $@"{Words}\p{{N}}{{1,3}}{Marks}";

    /// <summary>Qwen 2: numbers digit by digit.</summary>
    public const string Qwen2 = $@"{Words}\p{{N}}{Marks}";

    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", Before = @"[^\r\n\p{L}\p{N}]?";
    private const string MarksAndSlash = $@"| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{Spaces}";

    /// <summary>GPT-4o (o200k): words end where case changes.</summary>
    public const string Gpt4o =
        $@"{Before}{Upper}*{Lower}+{Contraction}?|{Before}{Upper}+{Lower}*{Contraction}?|\p{{N}}{{1,3}}{MarksAndSlash}";

    private const string Tekken = $@"{Before}{Upper}*{Lower}+|{Before}{Upper}+{Lower}*|\p{{N}}{MarksAndSlash}";

    private const string UpperNotHan = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]", LowerNotHan = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]";
    private const string KimiK2 = $@"\p{{Han}}+|{Before}{UpperNotHan}*{LowerNotHan}+{Contraction}?|{Before}{UpperNotHan}+{LowerNotHan}*{Contraction}?"
        + $@"|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{Spaces}";

    private const string Bloom = " ?[^(\\s|.,!?…。，、।۔،)]+";
    private const string Cjk = @"[\x{4E00}-\x{9FA5}\x{0800}-\x{4E00}\x{AC00}-\x{D7FF}]+";
    private const string AsciiMarks = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]";
    private const string DeepSeekWords = $@"{AsciiMarks}[A-Za-z]+|[^\r\n\p{{L}}\p{{P}}\p{{S}}]?[\p{{L}}\p{{M}}]+| ?[\p{{P}}\p{{S}}]+[\r\n]*|{Spaces}";

    // Cased letters. As escapes, because some of them normalize to others.
    private const string CasedLetters = @"A-Za-z\x{B5}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1BA}\x{1BC}-\x{1BF}\x{1C4}-\x{293}\x{295}-\x{2AF}"
        + @"\x{370}-\x{373}\x{376}\x{377}\x{37B}-\x{37D}\x{37F}\x{386}\x{388}-\x{38A}\x{38C}\x{38E}-\x{3A1}"
        + @"\x{3A3}-\x{3F5}\x{3F7}-\x{481}\x{48A}-\x{52F}\x{531}-\x{556}\x{10A0}-\x{10C5}\x{13A0}-\x{13F5}"
        + @"\x{13F8}-\x{13FD}\x{1C90}-\x{1CBA}\x{1CBD}-\x{1CBF}\x{1D00}-\x{1D2B}\x{1D6B}-\x{1D77}\x{1D79}-\x{1D9A}"
        + @"\x{1E00}-\x{1F15}\x{1F18}-\x{1F1D}\x{1F20}-\x{1F45}\x{1F48}-\x{1F4D}\x{1F50}-\x{1F57}\x{1F59}\x{1F5B}"
        + @"\x{1F5D}\x{1F5F}-\x{1F7D}\x{1F80}-\x{1FB4}\x{1FB6}-\x{1FBC}\x{1FBE}\x{1FC2}-\x{1FC4}\x{1FC6}-\x{1FCC}"
        + @"\x{1FD0}-\x{1FD3}\x{1FD6}-\x{1FDB}\x{1FE0}-\x{1FEC}\x{1FF2}-\x{1FF4}\x{1FF6}-\x{1FFC}\x{2102}\x{2107}"
        + @"\x{210A}-\x{2113}\x{2115}\x{2119}-\x{211D}\x{2124}\x{2126}\x{2128}\x{212A}-\x{212D}\x{212F}-\x{2134}\x{2139}"
        + @"\x{213C}-\x{213F}\x{2145}-\x{2149}\x{214E}\x{2183}\x{2184}\x{2C00}-\x{2C7B}\x{2C7E}-\x{2CE4}"
        + @"\x{2CEB}-\x{2CEE}\x{2CF2}\x{2CF3}\x{A640}-\x{A66D}\x{A680}-\x{A69B}\x{A722}-\x{A76F}\x{A771}-\x{A787}"
        + @"\x{A78B}-\x{A78E}\x{AB70}-\x{ABBF}\x{FB00}-\x{FB06}\x{FB13}-\x{FB17}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}"
        + @"\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2}\x{10CC0}-\x{10CF2}"
        + @"\x{118A0}-\x{118DF}\x{1E900}-\x{1E943}";

    private static readonly PreTokenizerFamily[] s_all =
    [
        new(["gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "gigachat", "a.x-4.0", "mellum", "modern-bert", "exaone4",
            "mpt", "olmo", "jais", "trillion", "granite-docling"], [Gpt2]),
        new(["jina-v1-en", "jina-v2-code", "roberta-bpe"], [Gpt2]) { AddSeparator = true },
        new(["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"], [Llama3])
            { WholeWins = true, AddBos = true },
        new(["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], [Llama3]),
        new(["qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "stablelm2", "hunyuan", "megrez", "solar-open", "grok-2"], [Qwen2]),
        new(["qwen35"], [$@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|{Spaces}"]),
        new(["seed-coder"], [$@"{Words}\p{{N}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|{Spaces}"]),
        new(["bailingmoe", "bailingmoe2", "llada-moe"],
            [@"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"]),
        new(["gpt-4o", "llama4", "kanana2", "minimax-m2"], [Gpt4o]),
        new(["tekken"], [Tekken]) { WholeWins = true, AddBos = true },
        new(["kimi-k2"], [KimiK2]),
        new(["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b"], [@"\p{N}", Gpt2]),
        new(["falcon"], [@"[\p{P}\$\+<=>\^~\|`]+", Gpt2, "[0-9][0-9][0-9]"]),
        new(["deepseek-llm"],
            [@"[\r\n]", $@"\s?[{CasedLetters}]+", @"\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+", @"\s+$", Cjk, @"\p{N}+"]),
        new(["deepseek-coder"], [@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", Cjk, @"\p{N}"]),
        new(["deepseek-v3", "hunyuan-dense", "joyai-llm"], [@"\p{N}{1,3}", @"[\x{4E00}-\x{9FA5}\x{3040}-\x{30FF}]+", DeepSeekWords]),
        new(["bloom", "gpt3-finnish", "poro-chat"], [Bloom]),
        new(["viking"], [Bloom, @"\p{N}"]),
        new(["chameleon"], ["<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", @"([\t\n]|    |  )", @"\p{N}", @"[\p{P}!-/:-@\[-`{-~]", Gpt2])
            { AddBos = true },
        new(["superbpe"], [@"\p{N}+"]) { GroupsDigits = true },
        new(["default"], [@"[\p{P}\$\+<=>\^~\|]+", Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"]),
    ];

    private static readonly FrozenDictionary<string, (PreTokenizerFamily Family, Lazy<Splitter[]> Splitters)> s_byName = ByName();

    /// <summary>All rows, in the order of the documentation.</summary>
    public static IReadOnlyList<PreTokenizerFamily> All => s_all;

    /// <summary>All names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.SelectMany(family => family.Names).Order(StringComparer.Ordinal)];

    /// <summary>The family of a name, or null.</summary>
    public static PreTokenizerFamily? Find(string name) => s_byName.TryGetValue(name, out var found) ? found.Family : null;

    /// <summary>The name of the family that cuts by these patterns, or null.</summary>
    public static string? FindByPatterns(IReadOnlyList<string> patterns, bool wholeWins)
    {
        // GPT-2's pattern is often written without its last choice, which takes what the one before it leaves.
        const string End = @"|\s+";
        var family = s_all.FirstOrDefault(family => family.WholeWins == wholeWins && !family.AddSeparator
            && family.Patterns.Concat(family.GroupsDigits ? [DigitGroupSplitter.Pattern] : Array.Empty<string>()).Select(Whole).SequenceEqual(patterns.Select(Whole)));
        return family?.Names[0];

        static string Whole(string pattern) => pattern + End == Gpt2 ? Gpt2 : pattern;
    }

    /// <summary>The splitters of a family, made when first asked for.</summary>
    public static Splitter[] Splitters(string name) => s_byName[name].Splitters.Value;

    private static FrozenDictionary<string, (PreTokenizerFamily, Lazy<Splitter[]>)> ByName()
    {
        var rows = new Dictionary<string, (PreTokenizerFamily, Lazy<Splitter[]>)>(StringComparer.Ordinal);
        foreach (var family in s_all)
        {
            var splitters = new Lazy<Splitter[]>(() => Create(family));
            foreach (string name in family.Names)
                rows.Add(name, (family, splitters));
        }

        return rows.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Splitter[] Create(PreTokenizerFamily family) =>
        [.. family.Patterns.Select(pattern => new PatternSplitter(new Pattern(pattern))), .. family.GroupsDigits ? [new DigitGroupSplitter()] : Array.Empty<Splitter>()];
}
