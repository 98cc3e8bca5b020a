using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>A matrix whose elements lie in a tensor as they are.</summary>
/// <param name="tensor">The tensor.</param>
/// <param name="isVector">Whether it is a vector.</param>
/// <param name="rows">Its rows.</param>
/// <param name="columns">Elements of a row.</param>
/// <param name="type">Their type.</param>
/// <param name="first">Rows before it in the tensor.</param>
internal sealed class StoredMatrix(SafetensorsTensor tensor, bool isVector, long rows, long columns, GgmlType type, long first)
    : MatrixSource(tensor, isVector, rows, columns, type)
{
    // A type's elements can be read only where they are aligned.
    public override (ContentPart Part, long Offset)? Place =>
        (Tensor.Offset + (first * RowBytes)) % GgmlTypeLayout.Of(Type).BlockBytes == 0 ? (Tensor.Part, Tensor.Offset + (first * RowBytes)) : null;

    public override void ReadRow(long row, Span<byte> destination) => Tensor.Slice((first + row) * RowBytes, RowBytes).CopyTo(destination);
}
