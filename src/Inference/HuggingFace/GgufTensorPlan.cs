using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>What a tensor of GGUF is made of: one tensor of a folder, or a stack of them.</summary>
/// <param name="name">Its name.</param>
/// <param name="rule">How it is made.</param>
/// <param name="isStacked">It is made of several.</param>
internal sealed class GgufTensorPlan(string name, TensorRule rule, bool isStacked)
{
    private readonly SortedDictionary<int, SafetensorsTensor> _sources = [];

    /// <summary>The dimensions, the length of a row first.</summary>
    public long[] Dimensions { get; private set; } = [];

    private SafetensorsTensor First => _sources.First().Value;

    private bool IsVector => First.Shape.Count == 1 || rule.IsVector;

    /// <summary>The storage type: vectors have 32 bits, as kernels of norms and biases read them.</summary>
    private GgmlType Type => IsVector || rule.IsFloat || First.Type.Ggml == GgmlType.F64 ? GgmlType.F32 : First.Type.Ggml!.Value;

    public void Add(SafetensorsTensor tensor, int place)
    {
        if (!_sources.TryAdd(place, tensor))
            throw tensor.Error("its place", $"that of '{_sources[place].Name}' too ('{name}')", "one tensor for each of the model's");
    }

    /// <summary>Checks that all parts are there and fit.</summary>
    public void Check()
    {
        foreach (var (place, tensor) in _sources)
        {
            if (tensor.Type.Ggml is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.F64))
                throw tensor.Error("its dtype", $"{tensor.Type}", "F32, F16, BF16 or F64");
            if (tensor.Shape.Count is < 1 or > 2 || (isStacked && tensor.Shape.Count != 2) || tensor.Shape.Any(extent => extent == 0))
                throw tensor.Error("its shape", $"[{string.Join(", ", tensor.Shape)}]", isStacked ? "two axes, none empty" : "one or two axes, none empty");
            if (tensor.Type != First.Type || !tensor.Shape.SequenceEqual(First.Shape))
                throw tensor.Error("it", $"{tensor.Type} [{string.Join(", ", tensor.Shape)}]", $"{First.Type} [{string.Join(", ", First.Shape)}], as '{First.Name}' is");
            if (isStacked && place >= _sources.Count)
                throw tensor.Error("its number", $"{place} of {_sources.Count}", $"numbers from 0 to {_sources.Count - 1}, none left out");
            if (rule.IsVector && (tensor.Shape.Count != 2 || tensor.Shape[0] != 1))
                throw tensor.Error("its shape", $"[{string.Join(", ", tensor.Shape)}]", "one row");
        }

        long[] shape = [.. First.Shape];
        if (rule.Transform == TensorTransform.Transpose && shape.Length == 2)
            Array.Reverse(shape);
        Dimensions = IsVector ? [shape[^1]] : isStacked ? [shape[1], shape[0], _sources.Count] : [shape[1], shape[0]];
    }

    /// <summary>Adds it to a file.</summary>
    public void AddTo(GgufComposition whole, RowOrder order)
    {
        long rows = First.Shape.Count == 1 ? First.Shape[0] : Rows;
        if (!order.Fits(rule.Transform, rows))
            throw First.Error("its shape", $"[{string.Join(", ", First.Shape)}]", $"rows for {order.Heads} heads and {order.KeyValueHeads} of keys and values");
        var copy = new TensorCopy([.. _sources.Values], rule.Transform, order, Type);
        bool stays = _sources.Count == 1 && First.Type.Ggml == Type && copy.KeepsOrder && First.Offset % (First.Type.Bits / 8) == 0;
        if (stays)
            whole.Add(name, Dimensions, Type, First.Part, First.Offset);
        else
            whole.Add(name, Dimensions, Type, copy.Part(), 0);
    }

    private long Rows => First.Shape[0];
}
