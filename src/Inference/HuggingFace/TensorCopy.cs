using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Makes the bytes of a GGUF tensor from matrices of a folder: rows in another order, numbers in another type.</summary>
/// <param name="sources">Of one type and shape.</param>
/// <param name="rule">What becomes of the numbers.</param>
/// <param name="order">The order of rows.</param>
/// <param name="type">What is made: F32, or the type of the sources.</param>
internal sealed unsafe class TensorCopy(MatrixSource[] sources, TensorRule rule, RowOrder order, GgmlType type)
{
    private const int FewBytes = 1 << 16;
    private readonly MatrixSource _first = sources[0];

    /// <summary>Whether the numbers stay as they are.</summary>
    public bool KeepsOrder => rule.Transform == TensorTransform.None || (rule.Transform == TensorTransform.Transpose && _first.IsVector);

    private bool Transposes => !_first.IsVector && rule.Transform is TensorTransform.Transpose or TensorTransform.LatentKeys;

    private long Rows => Transposes ? _first.Columns / rule.Step : _first.Rows;

    private long Columns => Transposes ? _first.Rows : _first.Columns;

    private bool Converts => type != _first.Type || rule.Transform == TensorTransform.AddOne;

    private long RowBytes => Columns / GgmlTypeLayout.Of(type).BlockSize * GgmlTypeLayout.Of(type).BlockBytes;

    /// <summary>Bytes that are made when they are asked for.</summary>
    public ContentPart Part() => new ComputedPart(checked(sources.Length * Rows * RowBytes), Write);

    private void Write(byte* destination)
    {
        foreach (MatrixSource source in sources)
        {
            if (Transposes)
                Transpose(source, destination);
            else
                Copy(source, destination);
            destination += Rows * RowBytes;
        }
    }

    private void Copy(MatrixSource source, byte* to)
    {
        nint start = (nint)to;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Rows * RowBytes > FewBytes ? -1 : 1 };
        Parallel.For(0L, Rows, options, () => Converts ? new byte[source.RowBytes] : [], (row, _, buffer) =>
        {
            long from = order.Source(rule.Transform, row, Rows);
            var target = new Span<byte>((byte*)start + (row * RowBytes), checked((int)RowBytes));
            source.ReadRow(from, Converts ? buffer : target);
            if (Converts)
                Convert(buffer, MemoryMarshal.Cast<byte, float>(target));
            return buffer;
        }, _ => { });
    }

    private void Convert(ReadOnlySpan<byte> source, Span<float> target)
    {
        float added = rule.Transform == TensorTransform.AddOne ? 1 : 0;
        int bytes = GgmlTypeLayout.Of(_first.Type).BlockBytes;
        for (int i = 0; i < target.Length; i++)
        {
            ReadOnlySpan<byte> element = source.Slice(i * bytes, bytes);
            target[i] = added + _first.Type switch
            {
                GgmlType.F32 => MemoryMarshal.Read<float>(element),
                GgmlType.F16 => (float)MemoryMarshal.Read<Half>(element),
                GgmlType.BF16 => MemoryMarshal.Read<BFloat16>(element).ToSingle(),
                _ => (float)MemoryMarshal.Read<double>(element),
            };
        }
    }

    // Some rows of the source at a time, so that neither side walks through memory a page a step.
    private void Transpose(MatrixSource source, byte* to)
    {
        const int Block = 64;
        int bytes = GgmlTypeLayout.Of(_first.Type).BlockBytes;
        byte[] block = new byte[checked(Block * source.RowBytes)];
        var converted = new float[1];
        for (long column0 = 0; column0 < Columns; column0 += Block)
        {
            int count = (int)Math.Min(Block, Columns - column0);
            for (int i = 0; i < count; i++)
                source.ReadRow(column0 + i, block.AsSpan(i * source.RowBytes, source.RowBytes));
            for (long row = 0; row < Rows; row++)
            {
                int at = (int)(rule.First + (row * rule.Step)) * bytes;
                var target = new Span<byte>(to + (row * RowBytes), checked((int)RowBytes));
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<byte> element = block.AsSpan((i * source.RowBytes) + at, bytes);
                    if (type != _first.Type)
                    {
                        Convert(element, converted);
                        element = MemoryMarshal.AsBytes(converted.AsSpan());
                    }

                    element.CopyTo(target[((int)(column0 + i) * element.Length)..]);
                }
            }
        }
    }
}
