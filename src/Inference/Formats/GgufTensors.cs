using System.Collections;
using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>The tensors of a GGUF file, by position or name. Entries are read from the file when asked for.</summary>
public sealed class GgufTensors : IReadOnlyList<GgufTensor>
{
    // Name of one byte, rank, one dimension, type, offset.
    internal const int MinimumEntryBytes = sizeof(ulong) + 1 + sizeof(uint) + sizeof(ulong) + sizeof(uint) + sizeof(ulong);
    private readonly GgufContent _content;
    private readonly GgufNameIndex _index;
    private readonly long _dataStart;

    internal GgufTensors(GgufContent content, ref GgufCursor cursor, int count, int alignment)
    {
        _content = content;
        var positions = new long[count];
        for (int i = 0; i < count; i++)
        {
            positions[i] = cursor.ReadName("tensor", i);
            SkipEntry(ref cursor, alignment);
        }

        cursor.Subject = "";
        _index = new GgufNameIndex(content, positions);
        int duplicate = _index.FindDuplicate();
        if (duplicate >= 0)
        {
            string name = InvalidModelException.Quote(content.Text(positions[duplicate]));
            throw cursor.Error($"tensor number {duplicate}", $"a second {name}", "every tensor name once");
        }

        _dataStart = (cursor.Position + alignment - 1) / alignment * alignment;
        CheckPlacement(ref cursor);
    }

    /// <summary>Number of tensors.</summary>
    public int Count => _index.Count;

    /// <summary>Position in the file that tensor offsets count from.</summary>
    public long DataStart => _dataStart;

    /// <summary>Tensor <paramref name="index"/>, in file order.</summary>
    public GgufTensor this[int index] => Read(_index.Position(index));

    /// <summary>The tensor called <paramref name="name"/>.</summary>
    /// <exception cref="InvalidModelException">The file has no such tensor.</exception>
    public GgufTensor this[string name] =>
        TryGet(name, out var tensor)
            ? tensor
            : throw new InvalidModelException(_content.Name, $"tensor '{name}'", "absent", "a tensor of that name");

    /// <summary>The tensor called <paramref name="name"/>, where there is one.</summary>
    public bool TryGet(string name, out GgufTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(name);
        int index = _index.Find(Encoding.UTF8.GetBytes(name));
        tensor = index < 0 ? default : this[index];
        return index >= 0;
    }

    /// <summary>All tensors, in file order.</summary>
    public IEnumerator<GgufTensor> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void SkipEntry(ref GgufCursor cursor, int alignment)
    {
        uint rank = cursor.ReadUInt32("its number of dimensions");
        if (rank is < 1 or > GgufTensor.MaximumRank)
            throw cursor.Error("its number of dimensions", $"{rank}", $"1 to {GgufTensor.MaximumRank}");

        ulong columns = 0;
        UInt128 elements = 1;
        for (uint i = 0; i < rank; i++)
        {
            ulong dimension = cursor.ReadUInt64("its dimensions");
            if (dimension is 0 or > long.MaxValue)
                throw cursor.Error($"its dimension {i}", $"{dimension}", $"1 to {long.MaxValue}");
            columns = i == 0 ? dimension : columns;
            elements *= dimension;
            if (elements > long.MaxValue)
                throw cursor.Error("its dimensions", $"{elements} elements", $"at most {long.MaxValue}");
        }

        uint id = cursor.ReadUInt32("its type");
        if (!GgmlTypeLayout.TryGet(id, out var layout))
        {
            string known = string.Join(", ", Enum.GetNames<GgmlType>());
            throw cursor.Error("its type", $"the unknown ggml type id {id}", $"one of {known}");
        }

        if (columns % (ulong)layout.BlockSize != 0)
            throw cursor.Error("its dimension 0", $"{columns}", $"a multiple of {layout.BlockSize}, the block size of {layout.Type}");
        if (elements / (UInt128)layout.BlockSize * (UInt128)layout.BlockBytes > long.MaxValue)
            throw cursor.Error("its dimensions", $"{elements} elements of {layout.Type}", $"at most {long.MaxValue} bytes");

        ulong offset = cursor.ReadUInt64("its offset");
        if (offset % (ulong)alignment != 0)
            throw cursor.Error("its offset", $"{offset}", $"a multiple of the alignment, {alignment}");
    }

    private void CheckPlacement(ref GgufCursor cursor)
    {
        var order = new int[Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            long position = _index.Position(i);
            var tensor = Read(position);
            ulong room = (ulong)Math.Max(0, _content.Length - _dataStart);
            ulong offset = OffsetOf(_content, position);
            if (offset > room || (ulong)tensor.ByteLength > room - offset)
            {
                (cursor.Subject, cursor.SubjectName) = ("tensor", position);
                throw cursor.Error("its data", $"{tensor.ByteLength} bytes from offset {offset}",
                    $"a place inside the {room} bytes of tensor data");
            }
        }

        order.AsSpan().Sort(new OffsetOrder(_content, _index));
        for (int i = 1; i < order.Length; i++)
        {
            var before = this[order[i - 1]];
            var tensor = this[order[i]];
            if (tensor.Offset - before.Offset < before.ByteLength)
            {
                string other = InvalidModelException.Quote(before.NameBytes);
                throw tensor.Error("its offset", $"{tensor.Offset - _dataStart}, inside the data of tensor {other}",
                    $"{before.Offset - _dataStart + before.ByteLength} or more");
            }
        }
    }

    private GgufTensor Read(long position)
    {
        long next = position + sizeof(ulong) + _content.Text(position).Length;
        int rank = (int)_content.UInt32(next);
        next += sizeof(uint);
        Span<long> dimensions = stackalloc long[GgufTensor.MaximumRank];
        long elements = 1;
        for (int i = 0; i < rank; i++, next += sizeof(ulong))
        {
            dimensions[i] = (long)_content.UInt64(next);
            elements *= dimensions[i];
        }

        var layout = GgmlTypeLayout.Of((GgmlType)_content.UInt32(next));
        long offset = unchecked(_dataStart + (long)_content.UInt64(next + sizeof(uint)));
        return new GgufTensor(_content, position, rank, dimensions, layout.Type, offset, elements / layout.BlockSize * layout.BlockBytes);
    }

    private static ulong OffsetOf(GgufContent content, long position)
    {
        long rank = position + sizeof(ulong) + content.Text(position).Length;
        return content.UInt64(rank + sizeof(uint) + (sizeof(ulong) * content.UInt32(rank)) + sizeof(uint));
    }

    private readonly struct OffsetOrder(GgufContent content, GgufNameIndex index) : IComparer<int>
    {
        public int Compare(int x, int y) => OffsetOf(content, index.Position(x)).CompareTo(OffsetOf(content, index.Position(y)));
    }
}
