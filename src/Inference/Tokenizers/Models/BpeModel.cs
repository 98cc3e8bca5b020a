using System.Buffers;
using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>
/// Byte-pair encoding: a piece falls into bytes or characters, which merge as a table says. A piece that is a token which merging
/// would build anyway is found at once; which those are is learnt as they come.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const int StackSymbols = 128;

    // Shorter ones are sorted out as fast as they are looked through.
    private const int LongPiece = 48;

    // Bytes in long pieces from which on it pays to know how tokens were made, which takes as long as merging some ten thousand: most texts hold few.
    private const int ManyBytes = 1 << 15;
    private readonly TokenTexts _texts;
    private readonly MergeTable _merges;
    private readonly BpeSymbols _symbols;
    private readonly bool _wholeWins;
    private readonly Whole[] _whole;
    private readonly NeighbouringBytes? _neighbours;
    private readonly Lazy<TokenOrigins?> _origins;
    private int _longBytes;

    /// <summary>Takes the parts.</summary>
    /// <param name="texts">What each token stands for; those are found that text may become.</param>
    /// <param name="merges">Which symbols merge.</param>
    /// <param name="symbols">How text becomes symbols, and symbols without a token become tokens.</param>
    /// <param name="wholeWins">A piece that is a token becomes it, whatever merging would do (Hugging Face: <c>ignore_merges</c>).</param>
    public BpeModel(TokenTexts texts, MergeTable merges, BpeSymbols symbols, bool wholeWins = false)
    {
        _texts = texts;
        _merges = merges;
        _symbols = symbols;
        _wholeWins = wholeWins;
        _whole = new Whole[texts.Count];

        // Symbols that are characters may stay together where no token is: as one unknown.
        _neighbours = symbols is ByteSymbols ? new NeighbouringBytes(texts) : null;
        _origins = new Lazy<TokenOrigins?>(() => symbols is ByteSymbols bytes ? TokenOrigins.TryCreate(merges, texts, bytes.Tokens) : null);
    }

    // Whether merging a token's text gives the token. Written without a lock: threads that race write the same.
    private enum Whole : byte
    {
        NotSeen,
        Yes,
        No,
    }

    /// <summary>Which symbols merge.</summary>
    public MergeTable Merges => _merges;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> piece, TokenBuffer output)
    {
        int id = _symbols.AreTexts ? _texts.Find(piece) : -1;
        if (id >= 0 && (_wholeWins || _whole[id] == Whole.Yes))
        {
            output.Add(id, piece.Length);
            return;
        }

        if (piece.Length > LongPiece && _neighbours is { } neighbours)
            EncodeParts(piece, neighbours, output);
        else
            EncodeOne(piece, id, output);
    }

    // Nothing merges across two bytes that no token has side by side: what is before and behind them is merged for itself, mostly a word that is found at once.
    private void EncodeParts(ReadOnlySpan<byte> piece, NeighbouringBytes neighbours, TokenBuffer output)
    {
        int start = output.PieceStart;
        for (int from = 0, to; from < piece.Length; from = to)
        {
            to = from + neighbours.Run(piece[from..]);
            ReadOnlySpan<byte> part = piece[from..to];
            output.PieceStart = start + from;
            int id = _symbols.AreTexts ? _texts.Find(part) : -1;
            if (id >= 0 && _whole[id] == Whole.Yes)
                output.Add(id, part.Length);
            else
                EncodeOne(part, id, output);
        }

        output.PieceStart = start;
    }

    private void EncodeOne(ReadOnlySpan<byte> piece, int id, TokenBuffer output)
    {
        if (piece.Length <= StackSymbols)
            EncodeShort(piece, id, output);
        else
            EncodeLong(piece, id, output);
    }

    [SkipLocalsInit]
    private void EncodeShort(ReadOnlySpan<byte> piece, int id, TokenBuffer output)
    {
        Span<int> ids = stackalloc int[StackSymbols], ends = stackalloc int[StackSymbols];
        Merge(piece, id, ids, ends, output);
    }

    private void EncodeLong(ReadOnlySpan<byte> piece, int id, TokenBuffer output)
    {
        int[] ids = ArrayPool<int>.Shared.Rent(piece.Length), ends = ArrayPool<int>.Shared.Rent(piece.Length);
        Merge(piece, id, ids, ends, output);
        ArrayPool<int>.Shared.Return(ids);
        ArrayPool<int>.Shared.Return(ends);
    }

    private void Merge(ReadOnlySpan<byte> piece, int id, Span<int> ids, Span<int> ends, TokenBuffer output)
    {
        int count = piece.Length > LongPiece && Origins(piece.Length) is { } origins ? origins.Encode(piece, ids, ends) : -1;
        if (count < 0)
            count = MergeByRank(piece, ids, ends);
        if (id >= 0)
            _whole[id] = count == 1 && ids[0] == id ? Whole.Yes : Whole.No;
        _symbols.Emit(piece, ids[..count], ends[..count], output);
    }

    private int MergeByRank(ReadOnlySpan<byte> piece, Span<int> ids, Span<int> ends)
    {
        int count = _symbols.Split(piece, ids, ends);
        return SymbolMerger.Merge(_merges, ids[..count], ends[..count]);
    }

    // Threads that race count a little less.
    private TokenOrigins? Origins(int bytes)
    {
        if (_longBytes < ManyBytes)
            _longBytes += Math.Min(bytes, ManyBytes);
        return _longBytes < ManyBytes ? null : _origins.Value;
    }
}
