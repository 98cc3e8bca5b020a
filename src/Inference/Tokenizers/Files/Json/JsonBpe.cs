using System.Text;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>Byte-pair encoding in <c>tokenizer.json</c>: over bytes where a ByteLevel part says so, else over characters.</summary>
internal static class JsonBpe
{
    public static JsonModel Read(JsonField field, JsonVocabulary vocabulary, JsonCuts cuts, bool marksSpaces)
    {
        foreach (string affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (field[affix].OptionalString() is { Length: > 0 })
                throw field[affix].Error($"the unsupported affix {field[affix].Describe()}", "none");
        }

        if (!field["dropout"].IsNull && field["dropout"].Number() != 0)
            throw field["dropout"].Error(field["dropout"].Describe(), "none: dropping merges at random is for training");
        int? unknown = JsonModels.Token(field["unk_token"], vocabulary);
        bool wholeWins = field["ignore_merges"].Boolean(false);
        var merges = ReadMerges(field["merges"], vocabulary);
        if (cuts.IsByteLevel)
        {
            var bytes = ByteTexts(vocabulary);
            var symbols = new ByteSymbols(GgufByteLevelBpe.ByteTokens(bytes), unknown);
            var family = cuts.Patterns is { } patterns && !cuts.AddsPrefix ? PreTokenizerFamilies.FindByPatterns(patterns, wholeWins) : null;
            return new JsonModel("byte-level BPE", new BpeModel(bytes, merges, symbols, wholeWins), unknown)
            {
                Recipe = family is null ? null : new TokenizerRecipe("gpt2") { PreTokenizer = family },
            };
        }

        var texts = new TokenTexts(vocabulary.Tokens.Texts, id => vocabulary.IsText(id) && id != unknown);
        var fallback = field["byte_fallback"].Boolean(false) ? JsonModels.ByteTokens(vocabulary) : null;
        var characters = new CharacterSymbols(texts, [], new UnknownText(fallback, unknown, field["fuse_unk"].Boolean(false)));
        return new JsonModel("BPE", new BpeModel(texts, merges, characters, wholeWins), unknown)
        {
            Splitters = JsonModels.FreeCuts(vocabulary, cuts, marksSpaces),
        };
    }

    /// <summary>The bytes each token stands for; added tokens stand for their text.</summary>
    private static TokenTexts ByteTexts(JsonVocabulary vocabulary)
    {
        var builder = new TokenTextsBuilder(vocabulary.Count, vocabulary.Tokens.Texts.TotalBytes);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.IsAdded(id))
                builder.Add(vocabulary.Tokens.Text(id));
            else
                ByteAlphabet.Read(vocabulary.Tokens.Text(id), builder);
        }

        return builder.Build(id => vocabulary.IsText(id) && !vocabulary.IsAdded(id));
    }

    private static MergeTable ReadMerges(JsonField field, JsonVocabulary vocabulary)
    {
        int count = field.Count;
        var table = new MergeTable(count);
        int rank = 0;
        foreach (var merge in field.Elements())
        {
            var (left, right) = Parts(merge);
            int leftId = Find(left), rightId = Find(right), both = Find(left + right);
            if (leftId < 0 || rightId < 0 || both < 0)
                throw merge.Error($"{InvalidModelException.Quote(Encoding.UTF8.GetBytes(left))} and {InvalidModelException.Quote(Encoding.UTF8.GetBytes(right))}",
                    "two tokens that together are a token");
            table.Add(leftId, rightId, rank++, both);
        }

        return table;

        int Find(string text) => vocabulary.Tokens.Find(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A merge is an array of two texts or, in older files, one text with a space between them.</summary>
    private static (string Left, string Right) Parts(JsonField merge)
    {
        if (merge.IsArray)
        {
            var parts = merge.Elements().ToArray();
            return parts.Length == 2 ? (parts[0].String(), parts[1].String()) : throw merge.Error($"an array of {parts.Length}", "two texts");
        }

        string text = merge.String();
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < text.Length - 1 && text.IndexOf(' ', space + 1) < 0
            ? (text[..space], text[(space + 1)..])
            : throw merge.Error(merge.Describe(), "two texts with a space between them");
    }
}
