using System.Numerics;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// A text for each token id, in one block of bytes, with a hash table of ids: no object a token. Where two tokens have the same text,
/// the one with the lowest id is found by it. Immutable; the table is made when a text is first looked for, and many are only read by id.
/// </summary>
internal sealed class TokenTexts
{
    private readonly byte[] _texts;
    private readonly int[] _starts;
    private readonly Lock _making = new();
    private Func<int, bool>? _isFindable;
    private int[]? _slots;
    private int _maximumBytes;

    /// <summary>Takes the texts, one after the other.</summary>
    /// <param name="texts">All texts.</param>
    /// <param name="starts">Where each begins, and after them where the last ends.</param>
    /// <param name="isFindable">Which ids are found by their text; null for all.</param>
    public TokenTexts(byte[] texts, int[] starts, Func<int, bool>? isFindable = null)
    {
        _texts = texts;
        _starts = starts;
        _isFindable = isFindable;
    }

    /// <summary>The same texts, found otherwise.</summary>
    public TokenTexts(TokenTexts texts, Func<int, bool> isFindable)
        : this(texts._texts, texts._starts, isFindable)
    {
    }

    public int Count => _starts.Length - 1;

    /// <summary>Bytes of all texts together.</summary>
    public int TotalBytes => _starts[^1];

    /// <summary>Length in bytes of the longest text that can be found.</summary>
    public int MaximumBytes
    {
        get
        {
            _ = Slots;
            return _maximumBytes;
        }
    }

    public ReadOnlySpan<byte> this[int id] => _texts.AsSpan(_starts[id], _starts[id + 1] - _starts[id]);

    private int[] Slots => Volatile.Read(ref _slots) ?? MakeSlots();

    /// <summary>The lowest id with this text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        int[] slots = Slots;
        return text.Length > _maximumBytes ? -1 : slots[FindSlot(slots, text)] - 1;
    }

    private int[] MakeSlots()
    {
        lock (_making)
        {
            if (_slots is { } made)
                return made;
            int[] slots = new int[BitOperations.RoundUpToPowerOf2((uint)Count + ((uint)Count / 2) + 1)];
            for (int id = 0; id < Count; id++)
            {
                if (_isFindable is null || _isFindable(id))
                    Insert(slots, id);
            }

            // It may hold what else a file says of its tokens.
            _isFindable = null;
            Volatile.Write(ref _slots, slots);
            return slots;
        }
    }

    private void Insert(int[] slots, int id)
    {
        _maximumBytes = Math.Max(_maximumBytes, this[id].Length);
        ref int slot = ref slots[FindSlot(slots, this[id])];
        if (slot == 0)
            slot = id + 1;
    }

    /// <summary>The slot that holds this text (as id + 1), or the empty one (0) where it would go.</summary>
    private int FindSlot(int[] slots, ReadOnlySpan<byte> text)
    {
        int mask = slots.Length - 1;
        int slot = (int)TextHash.Compute(text) & mask;
        while (slots[slot] != 0 && !this[slots[slot] - 1].SequenceEqual(text))
            slot = (slot + 1) & mask;
        return slot;
    }
}
