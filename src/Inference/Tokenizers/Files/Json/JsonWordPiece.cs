using System.Text;
using KernelFoundry.Inference.Tokenizers.Models;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>WordPiece in <c>tokenizer.json</c>, where tokens that continue words have a mark before them.</summary>
internal static class JsonWordPiece
{
    private const string Mark = "##";
    private const int LongestWord = 100;

    public static JsonModel Read(JsonField field, JsonVocabulary vocabulary, JsonCuts cuts, bool marksSpaces)
    {
        int? unknown = JsonModels.Token(field["unk_token"], vocabulary);
        byte[] prefix = Encoding.UTF8.GetBytes(field["continuing_subword_prefix"].OptionalString() ?? Mark);
        int longest = field["max_input_chars_per_word"].IsNull ? LongestWord : field["max_input_chars_per_word"].Integer();
        var texts = vocabulary.Tokens.Texts;
        var bare = new TokenTextsBuilder(texts.Count, texts.TotalBytes);
        for (int id = 0; id < texts.Count; id++)
            bare.Add(Continues(id) ? texts[id][prefix.Length..] : texts[id]);
        var model = new WordPieceModel(
            new TokenTexts(texts, vocabulary.IsText), bare.Build(id => Continues(id) && vocabulary.IsText(id)), unknown, longest);
        return new JsonModel("WordPiece", model, unknown);

        bool Continues(int id) => texts[id].StartsWith(prefix);
    }

    /// <summary>
    /// How the file is written as GGUF, which of how text is normalized and cut says only whether capitals become small and accents go: the rest must be as in BERT. Words of more
    /// than a hundred characters are unknown in this file and not in that one.
    /// </summary>
    public static TokenizerRecipe? Recipe(JsonField root, JsonTemplate template)
    {
        JsonField model = root["model"], normalizer = root["normalizer"], cuts = root["pre_tokenizer"];
        bool isWritable = Kind(model) == "WordPiece" && Kind(normalizer) == "BertNormalizer" && Kind(cuts) == "BertPreTokenizer"
            && (model["continuing_subword_prefix"].OptionalString() ?? Mark) == Mark
            && normalizer["clean_text"].Boolean(true) && normalizer["handle_chinese_chars"].Boolean(true)
            && template is { Prefix.Count: 1, Suffix.Count: 1 };
        if (!isWritable)
            return null;
        bool lowercases = normalizer["lowercase"].Boolean(true);
        return new TokenizerRecipe("bert") { ContinuationPrefix = Mark, Lowercases = lowercases, StripsAccents = normalizer["strip_accents"].Boolean(lowercases) };
    }

    private static string? Kind(JsonField field) => field.IsObject ? field["type"].OptionalString() : null;
}
