using System.Runtime.InteropServices;
using KernelFoundry.Inference.Tokenizers.Models;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// Counts the pieces a text falls into. It stands where a tokenizer has its model, so that training cuts text exactly as encoding does.
/// </summary>
internal sealed class WordCounter : TokenModel
{
    private readonly List<long> _counts = [];
    private readonly List<int> _starts = [0];
    private byte[] _bytes = new byte[1 << 16];
    private int[] _slots = new int[1 << 12];

    /// <summary>Number of different pieces.</summary>
    public int Count => _counts.Count;

    /// <summary>Bytes of all different pieces.</summary>
    public int TotalBytes => _starts[^1];

    /// <summary>How often each occurs.</summary>
    public ReadOnlySpan<long> Counts => CollectionsMarshal.AsSpan(_counts);

    /// <summary>A piece, by the order in which they first occur.</summary>
    public ReadOnlySpan<byte> this[int word] => _bytes.AsSpan(_starts[word].._starts[word + 1]);

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> piece, TokenBuffer output) => Add(piece, 1);

    /// <summary>Counts a piece so many times.</summary>
    public void Add(ReadOnlySpan<byte> piece, long times)
    {
        ref int slot = ref Slot(piece);
        if (slot != 0)
        {
            CollectionsMarshal.AsSpan(_counts)[slot - 1] += times;
            return;
        }

        int end = checked(_starts[^1] + piece.Length);
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, checked((int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _bytes.Length))));
        piece.CopyTo(_bytes.AsSpan(_starts[^1]));
        _starts.Add(end);
        _counts.Add(times);
        slot = _counts.Count;
        if (2 * _counts.Count > _slots.Length)
            Grow();
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (int word = 0; word < Count; word++)
            Slot(this[word]) = word + 1;
    }

    private ref int Slot(ReadOnlySpan<byte> piece)
    {
        int mask = _slots.Length - 1;
        int slot = (int)TextHash.Compute(piece) & mask;
        while (_slots[slot] != 0 && !this[_slots[slot] - 1].SequenceEqual(piece))
            slot = (slot + 1) & mask;
        return ref _slots[slot];
    }
}
