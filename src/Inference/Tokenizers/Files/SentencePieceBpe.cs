using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Normalizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>Puts a SentencePiece BPE tokenizer together, from whichever file its vocabulary came.</summary>
internal static class SentencePieceBpe
{
    /// <summary>Makes the tokenizer.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="special">Their roles.</param>
    /// <param name="scores">Pieces of the highest score merge first.</param>
    /// <param name="bytes">The token of each byte or -1; unknown text falls back to them where the vocabulary has any.</param>
    /// <param name="addPrefix">A text begins with a space, and so does text after an added token.</param>
    /// <param name="removesExtra">Spaces are reduced to one between words.</param>
    /// <param name="map">Normalization rules, or null.</param>
    public static Tokenizer Create(
        Vocabulary vocabulary, SpecialTokens special, float[] scores, int[] bytes, bool addPrefix, bool removesExtra, CharacterMap? map)
    {
        var parts = new SentencePieceVocabulary(vocabulary, addPrefix);
        var unknown = new UnknownText(Array.TrueForAll(bytes, id => id < 0) ? null : bytes, special.Unknown, isFused: false);
        return new Tokenizer(new TokenizerParts
        {
            Kind = "BPE",
            Vocabulary = vocabulary,
            Special = special,
            Added = GgufVocabulary.Added(vocabulary),
            Normalizers = SentencePieceVocabulary.Normalizers(map, removesExtra, addPrefix),
            Splitters = parts.Splitters,
            Model = ScoredMerges.CreateModel(vocabulary, parts.Texts, scores, unknown),
            Decoded = parts.Decoded,
            DropsSpace = parts.DropsSpace,
            Recipe = map is null && !removesExtra ? new TokenizerRecipe("llama") { Scores = scores, AddSpacePrefix = addPrefix } : null,
        });
    }
}
