namespace KernelFoundry.Testing;

/// <summary>
/// A tensor as it lies in memory for a launch: rows at a distance, random bytes before, between and after them, the first element at no
/// special address in half of the cases. A kernel that writes anything but the elements of its outputs changes bytes it is then caught by.
/// </summary>
internal sealed class TensorImage
{
    private const int Guard = 256;
    private const int AlignedElements = 64;

    private readonly Tensor tensor;
    private readonly byte[] before;

    public TensorImage(Tensor tensor, Random random)
    {
        this.tensor = tensor;
        int block = tensor.Element.BlockSize;

        // Half of all tensors lie as vectors of 16 bytes like it, the others anywhere.
        bool isAligned = random.Next(2) == 0;
        ByteOffset = Guard + (isAligned ? 0 : random.Next(16) * tensor.Element.BlockBytes);
        if (tensor.IsPanels)
        {
            ByteOffset = Guard + (random.Next(4) * Panels.Alignment);
            Strides = [Panels.Rows * (long)tensor.Extents[1]];
            byte[] panels = tensor.Extents[1] == 0 ? [] : tensor.Element.Pack(tensor.Packed, tensor.Extents[1]);
            before = new byte[ByteOffset + panels.Length + Guard];
            random.NextBytes(before);
            panels.CopyTo(before, ByteOffset);
            return;
        }

        Strides = new long[tensor.Extents.Length - 1];
        int rowUnit = Math.Max(block, AlignedElements);
        long row = isAligned ? (tensor.Extents[^1] + rowUnit - 1) / rowUnit * rowUnit : tensor.Extents[^1] + (random.Next(4) * block);
        for (int axis = Strides.Length - 1; axis >= 0; axis--)
        {
            Strides[axis] = row;
            row *= tensor.Extents[axis];
        }

        before = new byte[ByteOffset + Bytes(row) + Guard];
        random.NextBytes(before);
        foreach ((int packed, int at) in Rows())
            tensor.Packed.AsSpan(packed, RowBytes).CopyTo(before.AsSpan(at));
    }

    /// <summary>The whole memory before the launch.</summary>
    public ReadOnlySpan<byte> Before => before;

    /// <summary>Where element 0 is.</summary>
    public int ByteOffset { get; }

    /// <summary>Elements between neighbours along each axis but the last.</summary>
    public long[] Strides { get; }

    private int RowBytes => Bytes(tensor.Extents[^1]);

    /// <summary>The tensor as it lies in the memory after the launch.</summary>
    public Tensor After(ReadOnlySpan<byte> after)
    {
        var packed = new byte[tensor.Packed.Length];
        foreach ((int at, int from) in Rows())
            after.Slice(from, RowBytes).CopyTo(packed.AsSpan(at));
        return tensor with { Packed = packed };
    }

    /// <summary>What the launch wrote outside the tensor, or into a tensor that is no output; null if nothing.</summary>
    public string? Stray(ReadOnlySpan<byte> after)
    {
        byte[] expected = [.. before];
        if (tensor.IsOutput)
        {
            foreach ((_, int at) in Rows())
                after.Slice(at, RowBytes).CopyTo(expected.AsSpan(at));
        }

        int first = after.CommonPrefixLength(expected);
        return first == expected.Length ? null
            : $"{tensor.Name} was written {(tensor.IsOutput ? "outside its elements" : "although it is no output")}: byte "
                + $"{first - ByteOffset} from its element 0 (of {Bytes(Tensor.Count(tensor.Extents))} bytes) went from {expected[first]} to {after[first]}";
    }

    private int Bytes(long elements) => checked((int)(elements / tensor.Element.BlockSize * tensor.Element.BlockBytes));

    // Where each row is among the packed elements, and in memory.
    private IEnumerable<(int Packed, int At)> Rows()
    {
        int rows = (int)Tensor.Count(tensor.Extents[..^1]);
        for (int row = 0; row < rows; row++)
        {
            long element = 0;
            int left = row;
            for (int axis = Strides.Length - 1; axis >= 0; axis--)
            {
                element += left % tensor.Extents[axis] * Strides[axis];
                left /= tensor.Extents[axis];
            }

            yield return (row * RowBytes, ByteOffset + Bytes(element));
        }
    }
}
