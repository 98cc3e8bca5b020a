using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Normalizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>Puts a unigram tokenizer together, from whichever file its vocabulary came.</summary>
internal static class SentencePieceUnigram
{
    /// <summary>Makes the tokenizer.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="special">Their roles.</param>
    /// <param name="scores">Log probability a token.</param>
    /// <param name="bytes">The token of each byte or -1; unknown text falls back to them where the vocabulary has any.</param>
    /// <param name="addPrefix">A text begins with a space.</param>
    /// <param name="removesExtra">Spaces are reduced to one between words.</param>
    /// <param name="map">Normalization rules, or null.</param>
    public static Tokenizer Create(
        Vocabulary vocabulary, SpecialTokens special, float[] scores, int[] bytes, bool addPrefix, bool removesExtra, CharacterMap? map)
    {
        var parts = new SentencePieceVocabulary(vocabulary, addPrefix);
        var trie = new TextTrie(vocabulary.Texts, IsPiece);
        float lowest = Enumerable.Range(0, vocabulary.Count).Where(IsPiece).Select(id => scores[id]).DefaultIfEmpty().Min();
        var unknown = new UnknownText(Array.TrueForAll(bytes, id => id < 0) ? null : bytes, special.Unknown, isFused: true);
        return new Tokenizer(new TokenizerParts
        {
            Kind = "unigram",
            Vocabulary = vocabulary,
            Special = special,
            Added = GgufVocabulary.Added(vocabulary),
            Normalizers = SentencePieceVocabulary.Normalizers(map, removesExtra, addPrefix),
            Splitters = parts.Splitters,
            Model = new UnigramModel(trie, scores, lowest, unknown),
            Decoded = parts.Decoded,
            DropsSpace = parts.DropsSpace,
            Recipe = map is null ? new TokenizerRecipe("t5") { Scores = scores, AddSpacePrefix = addPrefix, RemoveExtraSpaces = removesExtra } : null,
        });

        bool IsPiece(int id) => SentencePieceVocabulary.IsText(vocabulary, id) && vocabulary.Type(id) != TokenType.Unused;
    }
}
