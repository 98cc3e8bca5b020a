using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>All ways to write a word as pieces, and what their probabilities say about the pieces. For one thread.</summary>
/// <param name="trie">The pieces.</param>
/// <param name="scores">Log probability a piece.</param>
/// <param name="unknownScore">Log probability of a character without a piece.</param>
internal sealed class UnigramLattice(TextTrie trie, double[] scores, double unknownScore)
{
    private readonly List<(int Start, int End, int Piece)> _edges = [];
    private double[] _forward = [];
    private double[] _backward = [];

    /// <summary>Lays out the pieces that fit somewhere in a word, but one.</summary>
    /// <param name="word">The word.</param>
    /// <param name="without">The piece that is left out; -1 for none.</param>
    public void Begin(ReadOnlySpan<byte> word, int without = -1)
    {
        _edges.Clear();
        if (_forward.Length <= word.Length)
            (_forward, _backward) = (new double[word.Length + 1], new double[word.Length + 1]);
        for (int start = 0; start < word.Length; start += Utf8.Length(word[start]))
        {
            int length = Utf8.Length(word[start]), node = 0;
            bool isCovered = false;
            for (int at = start; at < word.Length;)
            {
                node = trie.Next(node, word[at++], out int piece);
                if (node == 0)
                    break;
                if (piece < 0 || piece == without)
                    continue;
                isCovered |= at - start == length;
                _edges.Add((start, at, piece));
            }

            if (!isCovered)
                _edges.Add((start, start + length, -1));
        }
    }

    /// <summary>Adds how often each piece is expected in the word, times <paramref name="weight"/> (the E step).</summary>
    /// <returns>The log probability of the word, times the weight.</returns>
    public double AddExpected(int length, double weight, double[] expected)
    {
        var forward = _forward.AsSpan(0, length + 1);
        var backward = _backward.AsSpan(0, length + 1);
        forward.Fill(double.NegativeInfinity);
        backward.Fill(double.NegativeInfinity);
        forward[0] = backward[length] = 0;
        foreach (var (start, end, piece) in _edges)
            forward[end] = LogAdd(forward[end], forward[start] + Score(piece));
        for (int i = _edges.Count - 1; i >= 0; i--)
        {
            var (start, end, piece) = _edges[i];
            backward[start] = LogAdd(backward[start], backward[end] + Score(piece));
        }

        double total = forward[length];
        foreach (var (start, end, piece) in _edges)
        {
            if (piece >= 0)
                expected[piece] += weight * Math.Exp(forward[start] + Score(piece) + backward[end] - total);
        }

        return weight * total;
    }

    /// <summary>The pieces of the best way, last first, and its log probability.</summary>
    public double Best(int length, List<int> pieces)
    {
        var best = _forward.AsSpan(0, length + 1);
        best.Fill(double.NegativeInfinity);
        best[0] = 0;
        // Where the best way to a place takes its last edge.
        var through = _backward.AsSpan(0, length + 1);
        for (int i = 0; i < _edges.Count; i++)
        {
            var (start, end, piece) = _edges[i];
            double score = best[start] + Score(piece);
            if (score > best[end])
                (best[end], through[end]) = (score, i);
        }

        pieces.Clear();
        for (int at = length; at > 0;)
        {
            var (start, _, piece) = _edges[(int)through[at]];
            pieces.Add(piece);
            at = start;
        }

        return best[length];
    }

    private double Score(int piece) => piece >= 0 ? scores[piece] : unknownScore;

    private static double LogAdd(double x, double y)
    {
        if (x < y)
            (x, y) = (y, x);
        return double.IsNegativeInfinity(y) ? x : x + Math.Log(1 + Math.Exp(y - x));
    }
}
