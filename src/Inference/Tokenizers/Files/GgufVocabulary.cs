using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>The tokens of a GGUF file: <c>tokenizer.ggml.tokens</c> and what goes with each.</summary>
internal static class GgufVocabulary
{
    public const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const string ScoresKey = "tokenizer.ggml.scores";

    /// <summary>Reads texts and types.</summary>
    /// <param name="file">The file.</param>
    /// <param name="needsTypes">The model cannot do without types; otherwise a file without has normal tokens only.</param>
    /// <exception cref="InvalidModelException">The entries are missing, empty or do not fit each other.</exception>
    public static Vocabulary Read(GgufFile file, bool needsTypes)
    {
        var tokens = file.Metadata.GetStrings(TokensKey);
        if (tokens.Count is 0 or > Vocabulary.MaximumTokens)
            throw file.Metadata.GetValue(TokensKey).Error($"a vocabulary of {tokens.Count} tokens", $"1 to {Vocabulary.MaximumTokens} tokens");
        if (tokens.ByteLength > Array.MaxLength)
            throw file.Metadata.GetValue(TokensKey).Error($"{tokens.ByteLength} bytes of token text", $"at most {Array.MaxLength}");

        var texts = new TokenTextsBuilder(tokens.Count, (int)tokens.ByteLength);
        for (int i = 0; i < tokens.Count; i++)
            texts.Add(tokens[i]);
        return new Vocabulary(texts.Build(), ReadTypes(file, tokens.Count, needsTypes), file.Name);
    }

    /// <summary>Reads a score a token.</summary>
    /// <exception cref="InvalidModelException">The entry is missing, or does not fit the tokens.</exception>
    public static float[] ReadScores(GgufMetadata metadata, int count)
    {
        float[] scores = metadata.GetSingles(ScoresKey);
        if (scores.Length != count)
            throw metadata.GetValue(ScoresKey).Error($"an array of {scores.Length} scores", $"{count}, one a token");
        int nan = Array.FindIndex(scores, float.IsNaN);
        return nan < 0 ? scores : throw metadata.GetValue(ScoresKey).Error($"NaN at index {nan}", "a number");
    }

    /// <summary>The tokens that are cut out of text first: control and user-defined ones, and the unknown token by its text.</summary>
    public static IReadOnlyList<AddedToken> Added(Vocabulary vocabulary)
    {
        var added = new List<AddedToken>();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            var type = vocabulary.Type(id);
            if (type is TokenType.UserDefined or TokenType.Control or TokenType.Unknown && !vocabulary.Text(id).IsEmpty)
                added.Add(new AddedToken(id, vocabulary.Text(id).ToArray()) { IsSpecial = type != TokenType.UserDefined });
        }

        return added;
    }

    private static TokenType[] ReadTypes(GgufFile file, int count, bool needsTypes)
    {
        var types = new TokenType[count];
        if (!needsTypes && !file.Metadata.ContainsKey(TypesKey))
        {
            Array.Fill(types, TokenType.Normal);
            return types;
        }

        var value = file.Metadata.GetValue(TypesKey);
        if (!value.IsArray || value.Count != count)
            throw value.Error(value.Describe(), $"an array of {count} integers, one a token");
        for (int i = 0; i < count; i++)
        {
            long type = value.GetInt64(i);
            types[i] = type is >= (long)TokenType.Undefined and <= (long)TokenType.Byte
                ? (TokenType)type
                : throw value.Error($"{type} at index {i}", $"{(int)TokenType.Undefined} to {(int)TokenType.Byte}");
        }

        return types;
    }
}
