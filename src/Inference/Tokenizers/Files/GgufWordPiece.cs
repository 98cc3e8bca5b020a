using System.Collections;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>
/// WordPiece from GGUF, where the model is called "bert": tokens that begin words begin with U+2581, those that continue them stand for
/// themselves. Text is normalized as in BERT, uncased unless the file says otherwise.
/// </summary>
internal static class GgufWordPiece
{
    /// <summary>Whether capitals become small; they do where the entry is absent.</summary>
    public const string Lowercase = "tokenizer.ggml.normalizer.lowercase";

    /// <summary>Whether accents go; where the entry is absent, as BERT has it: with the capitals.</summary>
    public const string StripAccents = "tokenizer.ggml.normalizer.strip_accents";

    private static readonly SpecialTokens s_defaults = new() { Class = 101, Separator = 102, Unknown = 100, Padding = 0, Mask = 103, AddBos = true, AddSeparator = true };

    /// <exception cref="InvalidModelException">An entry is missing, or entries do not fit each other.</exception>
    public static Tokenizer Read(GgufFile file)
    {
        var vocabulary = GgufVocabulary.Read(file, needsTypes: false);
        var special = SpecialTokens.Read(file.Metadata, vocabulary.Count, s_defaults);
        TokenTextsBuilder decoded = new(vocabulary.Count, vocabulary.Texts.TotalBytes), bare = new(vocabulary.Count, vocabulary.Texts.TotalBytes);
        var startsWord = new BitArray(vocabulary.Count);
        var dropsSpace = new BitArray(vocabulary.Count);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            var text = vocabulary.Text(id);
            startsWord[id] = IsText(id) && text.StartsWith(MarkerSplitter.Marker);
            text = startsWord[id] ? text[MarkerSplitter.Marker.Length..] : text;
            bare.Add(text);
            dropsSpace[id] = BertParts.AppendDecoded(text, startsWord[id], joins: true, decoded);
        }

        var texts = bare.Build(id => startsWord[id]);
        bool lowercases = !file.Metadata.ContainsKey(Lowercase) || file.Metadata.GetBoolean(Lowercase);
        bool stripsAccents = file.Metadata.ContainsKey(StripAccents) ? file.Metadata.GetBoolean(StripAccents) : lowercases;
        return new Tokenizer(new TokenizerParts
        {
            Kind = "WordPiece",
            Vocabulary = vocabulary,
            Special = special with { Bos = special.Bos ?? special.Class, Eos = special.Eos ?? special.Separator },
            Added = GgufVocabulary.Added(vocabulary),
            Normalizers = BertParts.Normalizers(cleansText: true, spacesChinese: true, stripsAccents, lowercases),
            Splitters = BertParts.Splitters,
            Model = new WordPieceModel(texts, new TokenTexts(texts, id => IsText(id) && !startsWord[id]), special.Unknown, longestWord: null),
            Decoded = decoded.Build(),
            DropsSpace = dropsSpace,
            Recipe = new TokenizerRecipe("bert") { AddSpacePrefix = false, Lowercases = lowercases, StripsAccents = stripsAccents },
        });

        bool IsText(int id) => vocabulary.Type(id) is TokenType.Normal or TokenType.Undefined or TokenType.Unused;
    }
}
