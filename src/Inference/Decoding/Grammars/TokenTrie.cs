using System.Buffers;
using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The texts of a vocabulary's tokens as a trie over bytes, its nodes in the order of a walk: a node's subtree follows it, so that a walk can skip
/// it. Tokens without text, such as control tokens, are not in it.
/// </summary>
public sealed class TokenTrie
{
    private TokenTrie(byte[] bytes, byte[] depths, int[] ends, int[] firstTokens, int[] tokens, byte[][] texts) =>
        (Bytes, Depths, Ends, FirstTokens, Tokens, Texts) = (bytes, depths, ends, firstTokens, tokens, texts);

    /// <summary>Number of tokens of the vocabulary.</summary>
    public int Vocabulary => Texts.Length;

    /// <summary>The byte that leads to each node.</summary>
    internal byte[] Bytes { get; }

    /// <summary>Bytes from the root to each node, less one.</summary>
    internal byte[] Depths { get; }

    /// <summary>The node after each node's subtree.</summary>
    internal int[] Ends { get; }

    /// <summary>Where the tokens of each node begin, with one entry more.</summary>
    internal int[] FirstTokens { get; }

    /// <summary>Tokens, by node.</summary>
    internal int[] Tokens { get; }

    /// <summary>The bytes of each token.</summary>
    internal byte[][] Texts { get; }

    /// <summary>Makes the trie of a tokenizer: a few tenths of a second for a large vocabulary, once.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="markers">Control tokens that stand for their texts nevertheless, such as those around calls of tools.</param>
    /// <returns>The trie.</returns>
    public static TokenTrie Create(Tokenizer tokenizer, params IReadOnlyCollection<string> markers)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        HashSet<int> written = [.. markers.Select(marker => tokenizer.Vocabulary.Find(Encoding.UTF8.GetBytes(marker))).Where(token => token >= 0)];
        var bytes = new ArrayBufferWriter<byte>();
        var texts = new byte[tokenizer.VocabularySize][];
        for (int token = 0; token < texts.Length; token++)
        {
            bytes.ResetWrittenCount();
            bool atTextStart = false;
            tokenizer.AppendBytes(token, ref atTextStart, includeSpecial: written.Contains(token), bytes);
            texts[token] = bytes.WrittenSpan.ToArray();
        }

        return Create(texts);
    }

    /// <summary>Makes the trie of token texts.</summary>
    /// <param name="texts">The bytes of each token; empty for those that stand for no text. Longer than 255 bytes count as such too.</param>
    /// <returns>The trie.</returns>
    public static TokenTrie Create(byte[][] texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[] order = [.. Enumerable.Range(0, texts.Length).Where(token => texts[token].Length is > 0 and <= byte.MaxValue)];
        Array.Sort(order, (a, b) => texts[a].AsSpan().SequenceCompareTo(texts[b]) is var sign && sign != 0 ? sign : a.CompareTo(b));
        List<byte> bytes = [], depths = [];
        List<int> first = [], tokens = [];
        var path = new List<int>();
        var ends = new List<int>();
        ReadOnlySpan<byte> last = [];
        foreach (int token in order)
        {
            ReadOnlySpan<byte> text = texts[token];
            int common = text.CommonPrefixLength(last);
            Close(common);
            for (int depth = common; depth < text.Length; depth++)
            {
                path.Add(bytes.Count);
                bytes.Add(text[depth]);
                depths.Add((byte)depth);
                ends.Add(0);
                first.Add(tokens.Count);
            }

            tokens.Add(token);
            last = text;
        }

        Close(0);
        first.Add(tokens.Count);
        return new TokenTrie([.. bytes], [.. depths], [.. ends], [.. first], [.. tokens], texts);

        void Close(int depth)
        {
            while (path.Count > depth)
            {
                ends[path[^1]] = bytes.Count;
                path.RemoveAt(path.Count - 1);
            }
        }
    }
}
