using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>The matrices that a tensor of a folder holds.</summary>
/// <param name="folder">The folder, for what lies beside a tensor.</param>
/// <param name="config">Its configuration.</param>
/// <param name="order">Its heads.</param>
internal sealed class MatrixSources(SafetensorsFolder folder, JsonField config, RowOrder order)
{
    /// <summary>Whether a tensor is read with another: the scales of it.</summary>
    public bool IsBeside(string name) => BlockScales.Are(folder, name) || MicroscaledMatrix.IsScales(folder, name);

    /// <summary>The matrices, in the order in which they are stacked.</summary>
    /// <exception cref="InvalidModelException">The tensor is of a type or shape that does not fit.</exception>
    public IReadOnlyList<MatrixSource> Of(SafetensorsTensor tensor, TensorRule rule)
    {
        IReadOnlyList<MatrixSource> matrices = MicroscaledMatrix.Reads(tensor) && rule.IsStack ? MicroscaledMatrix.All(folder, tensor) : rule.IsStack ? Stacked(tensor) : [Single(tensor, tensor.Shape, 0)];
        if (rule.Transform is TensorTransform.LatentKeys or TensorTransform.LatentValues)
            return OfHeads(matrices[0], rule.Transform == TensorTransform.LatentKeys);
        if (rule.Step == 1 || rule.Transform == TensorTransform.Transpose)
            return matrices;
        if (matrices[0].Rows % rule.Step != 0)
            throw tensor.Error("its shape", $"[{string.Join(", ", tensor.Shape)}]", $"a multiple of {rule.Step} rows");
        return [.. matrices.Select(matrix => new MatrixPart(matrix, rule.First, matrix.Rows / rule.Step, rule.Step))];
    }

    private MatrixSource Single(SafetensorsTensor tensor, IReadOnlyList<long> shape, long first)
    {
        if (shape.Count is < 1 or > 2 || shape.Any(extent => extent == 0))
            throw tensor.Error("its shape", $"[{string.Join(", ", tensor.Shape)}]", "one or two axes, none empty");
        if (ScaledMatrix.Reads(tensor.Type) && tensor.Shape.Count == 2)
            return new ScaledMatrix(tensor, BlockScales.Of(folder, tensor, config), shape[0], shape[1]);
        if (tensor.Type.Ggml is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.F64))
            throw tensor.Error("its dtype", $"{tensor.Type}", "F32, F16, BF16 or F64, or F8_E4M3 or F8_E5M2 in matrices");
        return new StoredMatrix(tensor, shape.Count == 1, shape[0], shape.Count == 2 ? shape[1] : 1, tensor.Type.Ggml.Value, first);
    }

    private IReadOnlyList<MatrixSource> Stacked(SafetensorsTensor tensor)
    {
        if (tensor.Shape.Count is < 2 or > 3 || tensor.ElementCount == 0 || tensor.Shape[0] > ushort.MaxValue || ScaledMatrix.Reads(tensor.Type))
            throw tensor.Error("it", $"{tensor.Type} [{string.Join(", ", tensor.Shape)}]", "two or three axes of F32, F16, BF16 or F64, the first for the experts");
        long[] shape = [.. tensor.Shape.Skip(1)];
        return [.. Enumerable.Range(0, (int)tensor.Shape[0]).Select(i => Single(tensor, shape, i * shape[0]))];
    }

    // Each head has the rows of its key without positions, then those of its value.
    private IReadOnlyList<MatrixSource> OfHeads(MatrixSource all, bool keys)
    {
        long rows = order.PlainDims + order.ValueDims;
        if (all.IsVector || rows <= 0 || all.Rows != order.Heads * rows)
            throw all.Tensor.Error("its shape", all.Shape, $"[{order.Heads * rows}, rank]: {order.PlainDims} and {order.ValueDims} rows for each of {order.Heads} heads");
        return [.. Enumerable.Range(0, order.Heads).Select(head => new MatrixPart(all, (head * rows) + (keys ? 0 : order.PlainDims), keys ? order.PlainDims : order.ValueDims))];
    }
}
