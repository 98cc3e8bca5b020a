using System.Globalization;
using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Decoding;

/// <summary>The kinds of values that options have.</summary>
internal static class OptionKinds
{
    public static OptionKind<float> Number { get; } = new("a number", (value, _) => (float)OptionValue.Number(value)) { Show = x => x.ToString(CultureInfo.InvariantCulture) };

    public static OptionKind<float?> OptionalNumber { get; } = new("a number", (value, _) => (float)OptionValue.Number(value));

    public static OptionKind<double> Real { get; } = new("a number", (value, _) => OptionValue.Number(value)) { Show = x => x.ToString(CultureInfo.InvariantCulture) };

    public static OptionKind<int> Count { get; } = new("a whole number", (value, _) => (int)OptionValue.Whole(value, int.MinValue, int.MaxValue)) { Show = n => n.ToString(CultureInfo.InvariantCulture) };

    public static OptionKind<int?> OptionalCount { get; } = new("a whole number", (value, _) => (int)OptionValue.Whole(value, int.MinValue, int.MaxValue));

    public static OptionKind<uint?> Seed { get; } = new("a whole number from 0 to 4294967295", (value, _) => (uint)OptionValue.Whole(value, 0, uint.MaxValue));

    public static OptionKind<bool> Switch { get; } = new("true or false", (value, _) => OptionValue.Boolean(value));

    public static OptionKind<string?> Text { get; } = new("a text", (value, _) => OptionValue.Text(value));

    public static OptionKind<IReadOnlyList<string>> Texts { get; } = new("a list of texts", (value, _) => TextsOf(value)) { IsList = true };

    /// <summary>Ids, or texts that are one token each.</summary>
    public static OptionKind<IReadOnlyList<int>> Tokens { get; } = new("a list of tokens", (value, sources) => [.. OptionValue.List(value).Select(each => TokenOf(each, sources.Tokenizer))]) { IsList = true };

    public static OptionKind<IReadOnlyList<int>?> OptionalTokens { get; } = new("a list of tokens", (value, sources) => Tokens.Read(value, sources)) { IsList = true };

    public static OptionKind<int?> Token { get; } = new("a token", (value, sources) => TokenOf(value, sources.Tokenizer));

    /// <summary>Texts as tokens, each as it stands at a text's beginning and after a space.</summary>
    public static OptionKind<IReadOnlyList<IReadOnlyList<int>>> Words { get; } = new("a list of texts", (value, sources) => [.. TextsOf(value).SelectMany(text => Spellings(text, sources.Tokenizer))]) { IsList = true };

    /// <summary>Texts as tokens.</summary>
    public static OptionKind<IReadOnlyList<IReadOnlyList<int>>> Phrases { get; } = new("a list of texts",
        (value, sources) => [.. TextsOf(value).Select(text => (IReadOnlyList<int>)sources.Tokenizer.Encode(text))]) { IsList = true };

    public static OptionKind<IReadOnlyDictionary<int, float>> TokenBiases { get; } = new("tokens and numbers, as in 13=-1.5", (value, sources) => TokenBiasesOf(value, sources.Tokenizer)) { IsList = true };

    public static OptionKind<IReadOnlyList<(IReadOnlyList<int> Tokens, float Bias)>> WordBiases { get; } = new("texts and numbers, as in cat=-1.5",
        (value, sources) => [.. OptionValue.Numbers(value).SelectMany(each => Spellings(each.Key, sources.Tokenizer).Select(tokens => (tokens, (float)each.Number)))]) { IsList = true };

    public static OptionKind<IReadOnlyList<int>> Branches { get; } = new("numbers of at least 1 with commas between them, as in 3,2,1", (value, _) => BranchesOf(value)) { Show = each => string.Join(',', each) };

    public static OptionKind<LanguageModel?> Model { get; } = new("a model's file",
        (value, sources) => sources.Open is { } open ? open(OptionValue.Text(value)) : throw new WrongValueException("left out: models cannot be named here"));

    /// <summary>A grammar of a text.</summary>
    public static OptionKind<Grammar?> Grammar(string source, Func<string, Grammar> read) => new("a text",
        (value, sources) => OptionValue.Text(value) is var text ? sources.Grammar($"{source}\n{text}", () => read(text)) : null);

    public static OptionKind<Grammar?> Schema { get; } = new("a JSON Schema", (value, sources) =>
    {
        string text = value is JsonElement json ? json.GetRawText() : OptionValue.Text(value);
        return sources.Grammar($"schema\n{text}", () => Decoding.Grammar.FromJsonSchema(text));
    });

    public static OptionKind<Grammar?> Json { get; } = new("true or false", (value, sources) => OptionValue.Boolean(value) ? sources.Grammar("json", () => Decoding.Grammar.Json()) : null);

    public static OptionKind<Grammar?> Choices { get; } = new("a list of texts",
        (value, sources) => TextsOf(value) is var texts ? sources.Grammar($"choices\n{string.Join('\0', texts)}", () => Decoding.Grammar.FromChoices(texts)) : null) { IsList = true };

    public static OptionKind<Grammar?> Tools { get; } = new("a JSON list of tools", (value, sources) =>
    {
        string text = value is JsonElement json ? json.GetRawText() : OptionValue.Text(value);
        return sources.Grammar($"tools\n{text}", () => Decoding.Grammar.FromTools(ToolList.Read(text)));
    });

    /// <summary>One of an enumeration's words, in lower case without what they have in common.</summary>
    public static OptionKind<TEnum> Word<TEnum>(string prefix = "")
        where TEnum : struct, Enum
    {
        Dictionary<string, TEnum> words = Enum.GetValues<TEnum>().ToDictionary(each => each.ToString()[prefix.Length..].ToLowerInvariant());
        string expected = $"one of {string.Join(", ", words.Keys)}";
        return new(expected, (value, _) => words.TryGetValue(OptionValue.Text(value), out TEnum word) ? word : throw new WrongValueException())
        {
            Words = [.. words.Keys],
            Show = each => words.Single(word => word.Value.Equals(each)).Key,
        };
    }

    private static string[] TextsOf(object value) => [.. OptionValue.List(value).Select(each => each as string ?? throw new WrongValueException())];

    private static int TokenOf(object value, Tokenizer tokenizer)
    {
        if (OptionValue.Plain(value) is not string text || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            return (int)OptionValue.Whole(value, int.MinValue, int.MaxValue);
        int[] tokens = tokenizer.Encode(text, parseSpecial: true);
        return tokens.Length == 1 ? tokens[0] : throw new WrongValueException($"tokens; '{text}' is {tokens.Length} of them");
    }

    private static IEnumerable<IReadOnlyList<int>> Spellings(string text, Tokenizer tokenizer)
    {
        if (text.Length == 0)
            throw new WrongValueException("texts that are not empty");
        int[] plain = tokenizer.Encode(text), spaced = tokenizer.Encode(" " + text);
        return plain.AsSpan().SequenceEqual(spaced) ? [plain] : [plain, spaced];
    }

    private static Dictionary<int, float> TokenBiasesOf(object value, Tokenizer tokenizer)
    {
        var biases = new Dictionary<int, float>();
        foreach ((string key, double number) in OptionValue.Numbers(value))
        {
            int token = TokenOf(key, tokenizer);
            if (!biases.TryAdd(token, (float)number))
                throw new WrongValueException($"each token once; token {token} is there twice");
        }

        return biases;
    }

    private static IReadOnlyList<int> BranchesOf(object value)
    {
        IEnumerable<object> parts = OptionValue.Plain(value) is string text ? text.Split(',') : OptionValue.List(value);
        return [.. parts.Select(part => (int)OptionValue.Whole(part, 1, int.MaxValue))];
    }
}
