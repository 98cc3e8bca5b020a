using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The tokens of a <c>tokenizer.json</c>: those of its model, and those added to them.</summary>
internal sealed class JsonVocabulary
{
    // Ids that no token has: some files leave a few out.
    private const int MostMissing = 1 << 16;
    private readonly bool[] _isAdded;

    private readonly bool[] _isInModel;

    private JsonVocabulary(Vocabulary tokens, IReadOnlyList<AddedToken> added, float[]? scores, IEnumerable<int> inModel)
    {
        Tokens = tokens;
        Added = added;
        Scores = scores;
        _isAdded = new bool[tokens.Count];
        foreach (var token in added)
            _isAdded[token.Id] = true;
        _isInModel = new bool[tokens.Count];
        foreach (int id in inModel)
            _isInModel[id] = true;
    }

    public Vocabulary Tokens { get; }

    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>A log probability a token, of a unigram model.</summary>
    public float[]? Scores { get; }

    public int Count => Tokens.Count;

    /// <summary>True for a token that is cut out of text, whose text is not in the model's way of writing.</summary>
    public bool IsAdded(int id) => _isAdded[id];

    /// <summary>True for a token that text may become: one of the model that is neither a control token nor a byte.</summary>
    public bool IsText(int id) => _isInModel[id] && Tokens.Type(id) is not (TokenType.Control or TokenType.Byte);

    /// <summary>The token of a text in the file, or an error that names it.</summary>
    public int Find(JsonField text)
    {
        int id = Tokens.Find(Encoding.UTF8.GetBytes(text.String()));
        return id >= 0 ? id : throw text.Error($"{text.Describe()}, which is no token", "a token of the vocabulary");
    }

    /// <exception cref="InvalidModelException">Two tokens have one id, an id is out of range, or an entry is malformed.</exception>
    public static JsonVocabulary Read(JsonField root, string file)
    {
        var entries = new List<(int Id, string Text, float Score)>();
        var vocab = root["model"]["vocab"];
        if (vocab.IsArray)
        {
            foreach (var entry in vocab.Elements())
            {
                var parts = entry.Elements().ToArray();
                if (parts.Length != 2)
                    throw entry.Error($"an array of {parts.Length}", "a text and a score");
                entries.Add((entries.Count, parts[0].String(), (float)parts[1].Number()));
            }
        }
        else
        {
            foreach (var (name, value) in vocab.Properties())
                entries.Add((value.Integer(), name, 0));
        }

        var fields = root["added_tokens"].Elements().Select(field => (Field: field, Token: ReadAdded(field))).ToList();
        int count = CountIds(vocab, entries.Select(entry => entry.Id).Concat(fields.Select(added => added.Token.Id)), entries.Count + fields.Count);
        var texts = new string?[count];
        var scores = new float[count];
        var types = new TokenType[count];
        Array.Fill(types, TokenType.Unused);
        foreach (var (id, text, score) in entries)
        {
            if (texts[id] is not null)
                throw vocab.Error($"with id {id} twice", "an id for each token");
            (texts[id], scores[id], types[id]) = (text, score, TokenType.Normal);
        }

        foreach (var (field, token) in fields)
        {
            if (types[token.Id] is TokenType.Control or TokenType.UserDefined)
                throw field.Error($"a second token of id {token.Id}", "an id for each token");
            texts[token.Id] = Encoding.UTF8.GetString(token.Text);
            types[token.Id] = token.IsSpecial ? TokenType.Control : TokenType.UserDefined;
        }

        MarkBytes(root["model"], texts, types);
        var builder = new TokenTextsBuilder(count, 8 * count);
        foreach (string? text in texts)
            builder.Add(Encoding.UTF8.GetBytes(text ?? ""));
        var tokens = new Vocabulary(builder.Build(), types, file);
        return new JsonVocabulary(tokens, [.. fields.Select(added => added.Token)], vocab.IsArray ? scores : null, entries.Select(entry => entry.Id));
    }

    // Where text falls back to bytes, their tokens are written <0x00> to <0xFF>.
    private static void MarkBytes(JsonField model, string?[] texts, TokenType[] types)
    {
        if (!model["byte_fallback"].Boolean(false))
            return;
        for (int id = 0; id < texts.Length; id++)
        {
            if (types[id] == TokenType.Normal && SentencePieceVocabulary.ByteValue(Encoding.UTF8.GetBytes(texts[id] ?? "")) is not null)
                types[id] = TokenType.Byte;
        }
    }

    private static int CountIds(JsonField vocab, IEnumerable<int> ids, int tokens)
    {
        int last = -1;
        foreach (int id in ids)
        {
            if (id < 0 || id > tokens + MostMissing)
                throw vocab.Error($"with id {id}", $"ids from 0 to {tokens + MostMissing} for {tokens} tokens");
            last = Math.Max(last, id);
        }

        return last >= 0 ? last + 1 : throw vocab.Error("empty", "1 token or more");
    }

    private static AddedToken ReadAdded(JsonField field)
    {
        string text = field["content"].String();
        return new AddedToken(field["id"].Integer(), Encoding.UTF8.GetBytes(text))
        {
            IsSpecial = field["special"].Boolean(false),
            StripsLeft = field["lstrip"].Boolean(false),
            StripsRight = field["rstrip"].Boolean(false),
            IsWord = field["single_word"].Boolean(false),
            IsNormalized = field["normalized"].Boolean(false),
        };
    }
}
