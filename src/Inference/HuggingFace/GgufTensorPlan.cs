using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>What a tensor of GGUF is made of: one matrix of a folder, or a stack of them.</summary>
/// <param name="name">Its name.</param>
/// <param name="rule">How it is made.</param>
/// <param name="isStacked">It is made of several.</param>
internal sealed class GgufTensorPlan(string name, TensorRule rule, bool isStacked)
{
    private readonly SortedDictionary<int, MatrixSource> _sources = [];

    /// <summary>The dimensions, the length of a row first.</summary>
    public long[] Dimensions { get; private set; } = [];

    private MatrixSource First => _sources.First().Value;

    private bool Transposes => !First.IsVector && rule.Transform is TensorTransform.Transpose or TensorTransform.LatentKeys;

    /// <summary>The storage type: vectors have 32 bits, as kernels of norms and biases read them.</summary>
    private GgmlType Type => First.IsVector || rule.IsVector || rule.IsFloat || First.Type == GgmlType.F64 ? GgmlType.F32 : First.Type;

    public void Add(IReadOnlyList<MatrixSource> matrices, int place)
    {
        foreach (MatrixSource matrix in matrices)
        {
            if (!_sources.TryAdd(place, matrix))
                throw matrix.Tensor.Error("its place", $"that of '{_sources[place].Tensor.Name}' too ('{name}')", "one tensor for each of the model's");
            place++;
        }
    }

    /// <summary>Checks that all parts are there and fit.</summary>
    public void Check()
    {
        foreach (var (place, matrix) in _sources)
        {
            if (isStacked && matrix.IsVector && !rule.IsStack)
                throw matrix.Tensor.Error("its shape", matrix.Shape, "two axes, none empty");
            if (matrix.Tensor.Type != First.Tensor.Type || matrix.Shape != First.Shape)
                throw matrix.Tensor.Error("it", $"{matrix.Tensor.Type} {matrix.Shape}", $"{First.Tensor.Type} {First.Shape}, as '{First.Tensor.Name}' is");
            if (isStacked && place >= _sources.Count)
                throw matrix.Tensor.Error("its number", $"{place} of {_sources.Count}", $"numbers from 0 to {_sources.Count - 1}, none left out");
            if (rule.IsVector && (matrix.IsVector || matrix.Rows != 1))
                throw matrix.Tensor.Error("its shape", matrix.Shape, "one row");
            if (Transposes && matrix.Columns % rule.Step != 0)
                throw matrix.Tensor.Error("its shape", matrix.Shape, $"a multiple of {rule.Step} columns");
        }

        long[] matrixDimensions = First.IsVector ? [First.Rows] : rule.IsVector ? [First.Columns] : Transposes ? [First.Rows, First.Columns / rule.Step] : [First.Columns, First.Rows];
        Dimensions = isStacked ? [.. matrixDimensions, _sources.Count] : matrixDimensions;
    }

    /// <summary>Adds it to a file.</summary>
    public void AddTo(GgufComposition whole, RowOrder order)
    {
        if (!order.Fits(rule.Transform, First.Rows))
            throw First.Tensor.Error("its shape", First.Shape, $"rows for {order.Heads} heads and {order.KeyValueHeads} of keys and values");
        var copy = new TensorCopy([.. _sources.Values], rule, order, Type);
        if (First.Type == Type && copy.KeepsOrder && Place() is var (part, offset))
            whole.Add(name, Dimensions, Type, part, offset);
        else
            whole.Add(name, Dimensions, Type, copy.Part(), 0);
    }

    // Matrices that lie one after the other are a stack already.
    private (ContentPart Part, long Offset)? Place()
    {
        (ContentPart Part, long Offset)? place = null;
        long length = 0;
        foreach (MatrixSource matrix in _sources.Values)
        {
            if (matrix.Place is not var (part, offset))
                return null;
            place ??= (part, offset);
            if (part != place.Value.Part || offset != place.Value.Offset + length)
                return null;
            length += matrix.Rows * matrix.RowBytes;
        }

        return place;
    }
}
