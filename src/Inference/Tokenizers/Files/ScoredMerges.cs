using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>
/// SentencePiece's BPE names no merges: any two symbols merge whose texts together are a token, the highest score first. This finds the
/// pairs beforehand, from each token's text.
/// </summary>
internal static class ScoredMerges
{
    // Pieces have 16 characters unless trained otherwise. The bound keeps a hostile vocabulary from costing the square of its size.
    private const int LongestPiece = 1024;

    /// <exception cref="InvalidModelException">A piece is too long.</exception>
    public static BpeModel CreateModel(Vocabulary vocabulary, TokenTexts texts, float[] scores, UnknownText unknown)
    {
        int[] ranks = Ranks(scores);
        var parts = new Dictionary<int, int>();
        var pairs = new List<(int Left, int Right, int Merged)>();
        var lengths = new System.Collections.BitArray(LongestPiece + 1);
        for (int id = 0; id < texts.Count; id++)
        {
            if (texts[id].Length <= LongestPiece)
                lengths[texts[id].Length] = true;
        }

        for (int id = 0; id < texts.Count; id++)
        {
            // Of tokens with one text, text becomes the first.
            var text = texts[id];
            if (texts.Find(text) != id)
                continue;
            if (text.Length > LongestPiece)
                throw new InvalidModelException(vocabulary.ModelFile, $"token {id}", $"{text.Length} bytes long", $"at most {LongestPiece} bytes");
            for (int at = text.IsEmpty ? 0 : First(text); at < text.Length; at += First(text[at..]))
            {
                if ((lengths[at] || at == First(text)) && (lengths[text.Length - at] || text.Length - at == First(text[at..]))
                    && Symbol(texts, parts, text[..at]) is var left and >= 0 && Symbol(texts, parts, text[at..]) is var right and >= 0)
                    pairs.Add((left, right, id));
            }
        }

        var merges = new MergeTable(pairs.Count);
        foreach (var (left, right, merged) in CollectionsMarshal.AsSpan(pairs))
            merges.Add(left, right, ranks[merged], merged);
        return new BpeModel(texts, merges, new CharacterSymbols(texts, parts, unknown));
    }

    /// <summary>Scores as ranks: the highest is 0, and equals stay equal, so that of them the leftmost merges first.</summary>
    private static int[] Ranks(float[] scores)
    {
        float[] sorted = (float[])scores.Clone();
        int[] ids = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(sorted, ids);
        int[] ranks = new int[scores.Length];
        int rank = 0;
        for (int i = ids.Length - 1; i >= 0; i--)
        {
            if (i < ids.Length - 1 && sorted[i] != sorted[i + 1])
                rank++;
            ranks[ids[i]] = rank;
        }

        return ranks;
    }

    /// <summary>The token of a text, or the number of a single character that is none, or -1.</summary>
    private static int Symbol(TokenTexts texts, Dictionary<int, int> parts, ReadOnlySpan<byte> text)
    {
        int id = texts.Find(text);
        if (id >= 0 || Rune.DecodeFromUtf8(text, out Rune character, out int length) != OperationStatus.Done || length != text.Length)
            return id;
        ref int part = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, character.Value, out bool isKnown);
        if (!isKnown)
            part = texts.Count + parts.Count - 1;
        return part;
    }

    // Texts of a broken file need not be UTF-8: a sequence that is cut off ends with the text.
    private static int First(ReadOnlySpan<byte> text)
    {
        int length = 1;
        while (length < text.Length && Utf8.IsContinuation(text[length]))
            length++;
        return length;
    }
}
