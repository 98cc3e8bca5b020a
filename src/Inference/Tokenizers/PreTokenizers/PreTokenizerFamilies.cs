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
    private const string Cjk = "[一-龥ࠀ-一가-퟿]+";
    private const string AsciiMarks = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]";
    private const string DeepSeekWords = $@"{AsciiMarks}[A-Za-z]+|[^\r\n\p{{L}}\p{{P}}\p{{S}}]?[\p{{L}}\p{{M}}]+| ?[\p{{P}}\p{{S}}]+[\r\n]*|{Spaces}";

    private const string CasedLetters = "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼ"
        + "ℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃";

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
            [@"[\r\n]", $@"\s?[{CasedLetters}]+", @"\s?[!-/:-~！-／：-～‘-‟　-。]+", @"\s+$", Cjk, @"\p{N}+"]),
        new(["deepseek-coder"], [@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", Cjk, @"\p{N}"]),
        new(["deepseek-v3", "hunyuan-dense", "joyai-llm"], [@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeekWords]),
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
