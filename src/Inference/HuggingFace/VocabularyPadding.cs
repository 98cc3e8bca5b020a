using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// Models are trained with more rows of embeddings than there are tokens, for the sake of round numbers. The rows without a token get one that no text becomes,
/// <c>[PAD7]</c>, as llama.cpp has them.
/// </summary>
internal static class VocabularyPadding
{
    /// <exception cref="InvalidModelException">There are fewer rows than tokens.</exception>
    public static Tokenizer To(Tokenizer tokenizer, int count, string model)
    {
        Vocabulary vocabulary = tokenizer.Vocabulary;
        if (vocabulary.Count == count)
            return tokenizer;
        if (vocabulary.Count > count)
            throw new InvalidModelException(model, "the tokenizer", $"one of {vocabulary.Count} tokens", $"at most {count}, the rows of the token embedding");
        TokenizerParts parts = tokenizer.Parts;
        var types = new TokenType[count];
        for (int id = 0; id < count; id++)
            types[id] = id < vocabulary.Count ? vocabulary.Type(id) : TokenType.Unused;
        return new Tokenizer(parts with
        {
            Vocabulary = new Vocabulary(Padded(vocabulary.Texts, count), types, vocabulary.ModelFile),
            Decoded = Padded(parts.Decoded, count),
            DropsSpace = parts.DropsSpace is { } drops ? new System.Collections.BitArray(drops) { Length = count } : null,
            Recipe = parts.Recipe is { Scores: { } scores } recipe ? recipe with { Scores = [.. scores, .. Enumerable.Repeat(-10000f, count - scores.Count)] } : parts.Recipe,
        });
    }

    private static TokenTexts Padded(TokenTexts texts, int count)
    {
        var padded = new TokenTextsBuilder(count, texts.TotalBytes);
        for (int id = 0; id < count; id++)
            padded.Add(id < texts.Count ? texts[id] : Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]")));
        return padded.Build(id => id < texts.Count);
    }
}
