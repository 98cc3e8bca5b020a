using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// The token texts and types of a model, copied out of the file: one block of bytes and a hash table of ids, no string per
/// token. Where two tokens have the same text, the one with the lowest id is found by it.
/// </summary>
public sealed class Vocabulary
{
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const int MaximumTokens = 1 << 26;
    private readonly byte[] _texts;
    private readonly int[] _starts;
    private readonly TokenType[] _types;
    private readonly int[] _slots;

    private Vocabulary(byte[] texts, int[] starts, TokenType[] types, string modelFile)
    {
        _texts = texts;
        _starts = starts;
        _types = types;
        ModelFile = modelFile;
        _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)types.Length + ((uint)types.Length / 2) + 1)];
        for (int id = 0; id < types.Length; id++)
            Insert(id);
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _types.Length;

    /// <summary>Length in bytes of the longest text.</summary>
    public int MaximumTextBytes { get; private set; }

    /// <summary>The file the vocabulary came from, for messages.</summary>
    internal string ModelFile { get; }

    /// <summary>Text of token <paramref name="id"/> as the model file writes it, as UTF-8 where the file kept the rules.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> Text(int id)
    {
        CheckId(id);
        return _texts.AsSpan(_starts[id].._starts[id + 1]);
    }

    /// <summary>Type of token <paramref name="id"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public TokenType Type(int id)
    {
        CheckId(id);
        return _types[id];
    }

    /// <summary>The lowest id with this text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text) => _slots[FindSlot(text)] - 1;

    /// <summary>Reads <c>tokenizer.ggml.tokens</c> and <c>tokenizer.ggml.token_type</c>.</summary>
    /// <exception cref="InvalidModelException">The entries are missing, empty or do not fit each other.</exception>
    internal static Vocabulary Read(GgufFile file)
    {
        var tokens = file.Metadata.GetStrings(TokensKey);
        if (tokens.Count is 0 or > MaximumTokens)
            throw file.Metadata.GetValue(TokensKey).Error($"a vocabulary of {tokens.Count} tokens", $"1 to {MaximumTokens} tokens");
        if (tokens.ByteLength > Array.MaxLength)
            throw file.Metadata.GetValue(TokensKey).Error($"{tokens.ByteLength} bytes of token text", $"at most {Array.MaxLength}");

        byte[] texts = new byte[tokens.ByteLength];
        int[] starts = new int[tokens.Count + 1];
        for (int i = 0; i < tokens.Count; i++)
        {
            var text = tokens[i];
            text.CopyTo(texts.AsSpan(starts[i]));
            starts[i + 1] = starts[i] + text.Length;
        }

        return new Vocabulary(texts, starts, ReadTypes(file, tokens.Count), file.Name);
    }

    private static TokenType[] ReadTypes(GgufFile file, int count)
    {
        var types = new TokenType[count];
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

    private void Insert(int id)
    {
        var text = Text(id);
        MaximumTextBytes = Math.Max(MaximumTextBytes, text.Length);
        ref int slot = ref _slots[FindSlot(text)];
        if (slot == 0)
            slot = id + 1;
    }

    /// <summary>The slot that holds this text (as id + 1), or the empty one (0) where it would go.</summary>
    private int FindSlot(ReadOnlySpan<byte> text)
    {
        int mask = _slots.Length - 1;
        int slot = (int)TextHash.Compute(text) & mask;
        while (_slots[slot] != 0 && !Text(_slots[slot] - 1).SequenceEqual(text))
            slot = (slot + 1) & mask;
        return slot;
    }

    private void CheckId(int id)
    {
        if ((uint)id >= (uint)_types.Length)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has tokens 0 to {_types.Length - 1}.");
    }
}
