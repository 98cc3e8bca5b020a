using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Makes the bytes of a GGUF tensor from tensors of a folder: rows in another order, numbers in another type.</summary>
/// <param name="sources">Of one type and shape, [rows, columns] or [rows].</param>
/// <param name="transform">What becomes of the numbers.</param>
/// <param name="order">The order of rows.</param>
/// <param name="type">What is made: F32, or the type of the sources.</param>
internal sealed unsafe class TensorCopy(SafetensorsTensor[] sources, TensorTransform transform, RowOrder order, GgmlType type)
{
    private readonly GgmlType _from = sources[0].Type.Ggml!.Value;

    // A vector is a column: its elements are what rows are to a matrix.
    private readonly long _rows = sources[0].Shape[0];
    private readonly long _columns = sources[0].Shape.Count == 2 ? sources[0].Shape[1] : 1;

    /// <summary>Whether the numbers stay as they are.</summary>
    public bool KeepsOrder => transform == TensorTransform.None || (transform == TensorTransform.Transpose && sources[0].Shape.Count == 1);

    private int ElementBytes => GgmlTypeLayout.Of(type).BlockBytes;

    private int SourceBytes => GgmlTypeLayout.Of(_from).BlockBytes;

    /// <summary>Bytes that are made when they are asked for.</summary>
    public ContentPart Part() => new ComputedPart(checked(sources.Length * _rows * _columns * ElementBytes), Write);

    private void Write(byte* destination)
    {
        foreach (SafetensorsTensor source in sources)
        {
            byte* data = source.Part.Start + source.Offset;
            if (transform == TensorTransform.Transpose && source.Shape.Count == 2)
                Transpose(data, destination);
            else
                Copy(data, destination);
            destination += _rows * _columns * ElementBytes;
        }
    }

    private void Copy(byte* from, byte* to)
    {
        long rowBytes = _columns * ElementBytes;
        for (long row = 0; row < _rows; row++)
        {
            byte* source = from + (order.Source(transform, row, _rows) * _columns * SourceBytes);
            byte* target = to + (row * rowBytes);
            if (type == _from && transform != TensorTransform.AddOne)
                Buffer.MemoryCopy(source, target, rowBytes, rowBytes);
            else
                Convert(source, target);
        }
    }

    private void Convert(byte* source, byte* target)
    {
        for (long i = 0; i < _columns; i++)
        {
            ReadOnlySpan<byte> element = new(source + (i * SourceBytes), SourceBytes);
            float value = _from switch
            {
                GgmlType.F32 => MemoryMarshal.Read<float>(element),
                GgmlType.F16 => (float)MemoryMarshal.Read<Half>(element),
                GgmlType.BF16 => MemoryMarshal.Read<BFloat16>(element).ToSingle(),
                _ => (float)MemoryMarshal.Read<double>(element),
            };
            MemoryMarshal.Write(new Span<byte>(target + (i * sizeof(float)), sizeof(float)), transform == TensorTransform.AddOne ? value + 1 : value);
        }
    }

    private void Transpose(byte* from, byte* to)
    {
        // By blocks, so that neither side walks through memory a page a step.
        const int Block = 64;
        for (long row0 = 0; row0 < _columns; row0 += Block)
        {
            for (long column0 = 0; column0 < _rows; column0 += Block)
            {
                for (long row = row0; row < Math.Min(row0 + Block, _columns); row++)
                {
                    for (long column = column0; column < Math.Min(column0 + Block, _rows); column++)
                    {
                        new ReadOnlySpan<byte>(from + (((column * _columns) + row) * SourceBytes), SourceBytes)
                            .CopyTo(new Span<byte>(to + (((row * _rows) + column) * ElementBytes), ElementBytes));
                    }
                }
            }
        }
    }
}
