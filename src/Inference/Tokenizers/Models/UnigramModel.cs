using System.Buffers;
using System.Runtime.CompilerServices;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>
/// The unigram language model (Kudo 2018): of all ways to write a piece as tokens, the one whose log probabilities add up to the most,
/// found by Viterbi's algorithm. Of ways that add up to the same, the one whose last token is the longest.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    // What SentencePiece takes off the lowest score for a character outside the vocabulary.
    private const double UnknownPenalty = 10;
    private const int StackBytes = 64;
    private readonly TextTrie _trie;
    private readonly float[] _scores;
    private readonly UnknownText _unknown;
    private readonly double _unknownScore;

    /// <summary>Takes the parts.</summary>
    /// <param name="trie">The tokens that text may become.</param>
    /// <param name="scores">Log probability a token.</param>
    /// <param name="lowest">The lowest log probability of a token that text may become.</param>
    /// <param name="unknown">What becomes of characters that no token covers.</param>
    public UnigramModel(TextTrie trie, float[] scores, float lowest, UnknownText unknown)
    {
        _trie = trie;
        _scores = scores;
        _unknown = unknown;
        _unknownScore = lowest - UnknownPenalty;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void Encode(ReadOnlySpan<byte> piece, TokenBuffer output)
    {
        if (piece.Length <= StackBytes)
        {
            Encode(piece, stackalloc Place[StackBytes + 1], output);
            return;
        }

        Place[] places = ArrayPool<Place>.Shared.Rent(piece.Length + 1);
        Encode(piece, places, output);
        ArrayPool<Place>.Shared.Return(places);
    }

    private void Encode(ReadOnlySpan<byte> piece, Span<Place> places, TokenBuffer output)
    {
        places = places[..(piece.Length + 1)];
        places.Fill(new Place(double.NegativeInfinity, 0, -1));
        places[0].Score = 0;
        for (int start = 0; start < piece.Length;)
        {
            int length = Utf8.Length(piece[start]);
            double score = places[start].Score;
            bool isCovered = false;
            int node = 0;
            for (int at = start; at < piece.Length;)
            {
                node = _trie.Next(node, piece[at++], out int token);
                if (node == 0)
                    break;
                if (token < 0)
                    continue;
                isCovered |= at - start == length;
                Offer(ref places[at], score + _scores[token], start, token);
            }

            if (!isCovered)
                Offer(ref places[start + length], score + _unknownScore, start, -1);
            start += length;
        }

        Emit(piece, places, output);
    }

    private static void Offer(ref Place place, double score, int start, int token)
    {
        if (score > place.Score)
            place = new Place(score, start, token);
    }

    private void Emit(ReadOnlySpan<byte> piece, Span<Place> places, TokenBuffer output)
    {
        // From the end the way leads backwards; the places it passes are turned around in place.
        int end = piece.Length, next = -1;
        for (int at = piece.Length; at > 0;)
        {
            int start = places[at].Start;
            places[at].Start = next;
            (next, at) = (at, start);
        }

        bool afterUnknown = false;
        for (int start = 0; next > 0;)
        {
            var place = places[next];
            if (place.Token >= 0)
            {
                output.Add(place.Token, next);
                afterUnknown = false;
            }
            else
            {
                afterUnknown = !_unknown.Emit(piece, start, next, afterUnknown, output);
            }

            if (next == end)
                break;
            (start, next) = (next, place.Start);
        }
    }

    /// <summary>The best way to a place: its score, and where its last token begins.</summary>
    private struct Place(double score, int start, int token)
    {
        public double Score = score;
        public int Start = start;
        public int Token = token;
    }
}
