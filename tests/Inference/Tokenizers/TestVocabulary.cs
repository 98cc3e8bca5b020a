using System.Globalization;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>
/// A small SentencePiece vocabulary: &lt;unk&gt;, &lt;s&gt;, &lt;/s&gt;, the 256 byte tokens from id 3, then what a test adds from
/// <see cref="FirstPiece"/>.
/// </summary>
internal sealed class TestVocabulary
{
    public const int FirstByte = 3;
    public const int FirstPiece = 259;

    public List<string> Tokens { get; } = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"))];

    public List<float> Scores { get; } = [.. new float[FirstPiece]];

    public List<int> Types { get; } = [2, 3, 3, .. Enumerable.Repeat((int)TokenType.Byte, 256)];

    /// <summary>Entries besides the vocabulary; a null value leaves out one of its own.</summary>
    public Dictionary<string, object?> Metadata { get; } = [];

    /// <summary>Adds pieces whose scores fall with their order, as training makes them.</summary>
    public TestVocabulary Pieces(params string[] pieces)
    {
        foreach (string piece in pieces)
            Add(piece, -Tokens.Count);
        return this;
    }

    public TestVocabulary Add(string text, float score = 0, TokenType type = TokenType.Normal)
    {
        Tokens.Add(text);
        Scores.Add(score);
        Types.Add((int)type);
        return this;
    }

    public TestVocabulary With(string key, object? value)
    {
        Metadata[key] = value;
        return this;
    }

    public GgufBuilder ToGguf(int alignment = 32)
    {
        var entries = new Dictionary<string, object?>
        {
            ["tokenizer.ggml.model"] = "llama",
            ["tokenizer.ggml.tokens"] = Tokens.ToArray(),
            ["tokenizer.ggml.scores"] = Scores.ToArray(),
            ["tokenizer.ggml.token_type"] = Types.ToArray(),
        };
        foreach (var (key, value) in Metadata)
            entries[key] = value;
        var builder = new GgufBuilder { Alignment = alignment };
        foreach (var (key, value) in entries)
        {
            if (value is not null)
                builder.Add(key, value);
        }

        return builder;
    }

    public Tokenizer Create()
    {
        using var file = ToGguf().Open();
        return TokenizerFactory.Create(file);
    }
}
