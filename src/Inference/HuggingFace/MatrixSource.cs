using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>A matrix, or a vector, of a folder: rows that lie in a tensor as GGUF has them, or that are made of what lies there.</summary>
/// <param name="tensor">The tensor, for messages.</param>
/// <param name="isVector">Whether it is a vector, whose rows are of one element.</param>
/// <param name="rows">Its rows.</param>
/// <param name="columns">Elements of a row.</param>
/// <param name="type">The type that rows are read as.</param>
internal abstract class MatrixSource(SafetensorsTensor tensor, bool isVector, long rows, long columns, GgmlType type)
{
    /// <summary>The tensor it is in.</summary>
    public SafetensorsTensor Tensor => tensor;

    /// <summary>Whether it is a vector.</summary>
    public bool IsVector => isVector;

    /// <summary>Rows; the elements of a vector.</summary>
    public long Rows => rows;

    /// <summary>Elements of a row; 1 in a vector.</summary>
    public long Columns => columns;

    /// <summary>The type that rows are read as.</summary>
    public GgmlType Type => type;

    /// <summary>Bytes of a row.</summary>
    public int RowBytes { get; } = checked((int)(columns / GgmlTypeLayout.Of(type).BlockSize * GgmlTypeLayout.Of(type).BlockBytes));

    /// <summary>Where the rows lie one after the other as they are read, and can be mapped; null where they are made.</summary>
    public virtual (ContentPart Part, long Offset)? Place => null;

    /// <summary>Its extents, for messages.</summary>
    public string Shape => isVector ? $"[{rows}]" : $"[{rows}, {columns}]";

    /// <summary>Reads a row.</summary>
    /// <param name="row">Which.</param>
    /// <param name="destination">Receives <see cref="RowBytes"/>.</param>
    public abstract void ReadRow(long row, Span<byte> destination);
}
