using System.Text;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The models of <c>tokenizer.json</c>. A kind is a row of the table.</summary>
internal static class JsonModels
{
    private static readonly SortedDictionary<string, Func<JsonField, JsonVocabulary, JsonCuts, bool, JsonModel>> s_kinds = new(StringComparer.Ordinal)
    {
        ["BPE"] = JsonBpe.Read,
        ["Unigram"] = Unigram,
        ["WordLevel"] = Word,
        ["WordPiece"] = JsonWordPiece.Read,
    };

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    /// <summary>Reads the model.</summary>
    /// <param name="field">Where it is. Files of before 2020 name no kind; theirs is BPE, as it has merges.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="cuts">The pre-tokenizer.</param>
    /// <param name="marksSpaces">A normalizer writes spaces as U+2581.</param>
    public static JsonModel Read(JsonField field, JsonVocabulary vocabulary, JsonCuts cuts, bool marksSpaces) =>
        field["type"].IsNull && !field["merges"].IsNull
            ? JsonBpe.Read(field, vocabulary, cuts, marksSpaces)
            : JsonKinds.Find(field, s_kinds, "model")(field, vocabulary, cuts, marksSpaces);

    /// <summary>A token named by its text, or null.</summary>
    public static int? Token(JsonField field, JsonVocabulary vocabulary) => field.IsNull ? null : vocabulary.Find(field);

    /// <summary>
    /// The cuts that change no token: before each U+2581 where no token has one within. Only where nothing else cuts text.
    /// </summary>
    public static IReadOnlyList<Splitter> FreeCuts(JsonVocabulary vocabulary, JsonCuts cuts, bool marksSpaces)
    {
        if (!marksSpaces && !cuts.MarksSpaces || cuts.Splitters.Count > 0)
            return [];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Tokens.Type(id) != TokenType.Control && vocabulary.Tokens.Text(id).TrimStart(MarkerSplitter.Marker).IndexOf(MarkerSplitter.Marker) >= 0)
                return [];
        }

        return [new MarkerSplitter(joinsRuns: true)];
    }

    private static JsonModel Unigram(JsonField field, JsonVocabulary vocabulary, JsonCuts cuts, bool marksSpaces)
    {
        float[] scores = vocabulary.Scores ?? throw field["vocab"].Error(field["vocab"].Describe(), "an array of texts and scores");
        int? unknown = field["unk_id"].IsNull ? null : field["unk_id"].Integer();
        if (unknown < 0 || unknown >= vocabulary.Count)
            throw field["unk_id"].Error($"{unknown}", $"a token id from 0 to {vocabulary.Count - 1}");
        int entries = field["vocab"].Count;
        var trie = new TextTrie(vocabulary.Tokens.Texts, IsPiece);
        float lowest = Enumerable.Range(0, entries).Where(IsPiece).Select(id => scores[id]).DefaultIfEmpty().Min();
        int[]? bytes = field["byte_fallback"].Boolean(false) ? ByteTokens(vocabulary) : null;
        var recipe = cuts is { MarksSpaces: true, Normalizers.Count: <= 2, Splitters.Count: <= 1 }
            ? new TokenizerRecipe("t5") { Scores = scores, AddSpacePrefix = cuts.AddsPrefix }
            : null;
        return new JsonModel("unigram", new UnigramModel(trie, scores, lowest, new UnknownText(bytes, unknown, isFused: true)), unknown)
        {
            Splitters = FreeCuts(vocabulary, cuts, marksSpaces),
            Recipe = recipe,
        };

        bool IsPiece(int id) => id < entries && id != unknown && vocabulary.IsText(id);
    }

    private static JsonModel Word(JsonField field, JsonVocabulary vocabulary, JsonCuts cuts, bool marksSpaces)
    {
        int? unknown = Token(field["unk_token"], vocabulary);
        var texts = new TokenTexts(vocabulary.Tokens.Texts, vocabulary.IsText);
        return new JsonModel("words", new WordModel(texts, unknown), unknown);
    }

    /// <summary>The token of each byte, or -1.</summary>
    public static int[] ByteTokens(JsonVocabulary vocabulary)
    {
        int[] tokens = new int[256];
        Array.Fill(tokens, -1);
        for (int id = vocabulary.Count - 1; id >= 0; id--)
        {
            if (vocabulary.Tokens.Type(id) == TokenType.Byte)
                tokens[SentencePieceVocabulary.ByteValue(vocabulary.Tokens.Text(id))!.Value] = id;
        }

        return tokens;
    }
}
