using System.Numerics;
using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Adapters;

/// <summary>
/// A model whose weights have adapters added: W + scale B A. Floats keep their type; sums with quantized weights are F16, since quantizing again would round twice.
/// </summary>
internal static class AdapterMerge
{
    private const string Embeddings = "token_embd.weight", Output = "output.weight";

    /// <summary>The model with the adapters; <paramref name="model"/> is disposed of with it. Weights are made when they are first used.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapters">What is added.</param>
    /// <param name="isTied">Whether token embeddings make logits: once either is adapted, they are two tensors.</param>
    public static GgufFile Apply(GgufFile model, IReadOnlyList<LoraAdapter> adapters, bool isTied)
    {
        var whole = new GgufComposition();
        whole.Header.Copy(model.Metadata, key => key != "general.alignment");
        Span<long> dimensions = stackalloc long[GgufTensor.MaximumRank];
        foreach (GgufTensor tensor in model.Tensors)
        {
            for (int axis = 0; axis < tensor.Rank; axis++)
                dimensions[axis] = tensor.Dimension(axis);
            Add(whole, tensor, tensor.Name, dimensions[..tensor.Rank], adapters);
            if (isTied && tensor.Name == Embeddings && adapters.Any(adapter => adapter.Updates.ContainsKey(Embeddings) || adapter.Updates.ContainsKey(Output)))
                Add(whole, tensor, Output, dimensions[..tensor.Rank], adapters);
        }

        foreach (LoraAdapter adapter in adapters)
            adapter.IsMerged = true;
        return whole.Open(model.Name, [model]);
    }

    private static void Add(GgufComposition whole, GgufTensor tensor, string name, ReadOnlySpan<long> dimensions, IReadOnlyList<LoraAdapter> adapters)
    {
        (LowRankUpdate Update, float Scale)[] updates = [.. adapters.Where(adapter => adapter.Updates.ContainsKey(name)).Select(adapter => (adapter.Updates[name], adapter.Scale))];
        if (updates.Length == 0)
        {
            var (part, from) = tensor.Place;
            whole.Add(name, dimensions, tensor.Type, part, from);
            return;
        }

        TensorCodec source = TensorCodecs.TryGet(tensor.Type) ?? throw tensor.Error("its type", $"{tensor.Type}", "a type whose elements can be read");
        TensorCodec target = source.IsQuantized ? TensorCodecs.Of(GgmlType.F16) : source;
        whole.Add(name, dimensions, target.Type, Part(tensor, source, target, updates), 0);
    }

    private static unsafe ComputedPart Part(GgufTensor tensor, TensorCodec source, TensorCodec target, (LowRankUpdate Update, float Scale)[] updates)
    {
        int columns = checked((int)tensor.Columns);
        long rowBytes = target.RowBytes(columns);
        return new ComputedPart(tensor.Rows * rowBytes, Write);

        void Write(byte* destination)
        {
            nint start = (nint)destination;
            Parallel.For(0L, tensor.Rows, () => new float[columns], (row, _, values) =>
            {
                source.Decode(tensor.Slice(row * tensor.RowBytes, checked((int)tensor.RowBytes)), values);
                foreach (var (update, scale) in updates)
                    AddRow(update, scale, row, values);
                target.Encode(values, [], new Span<byte>((byte*)start + (row * rowBytes), checked((int)rowBytes)));
                return values;
            }, _ => { });
        }
    }

    // Rows of a stack are those of its matrices, one after the other.
    private static void AddRow(LowRankUpdate update, float scale, long row, float[] values)
    {
        long matrix = row / update.Rows;
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values.AsSpan());
        for (int k = 0; k < update.Rank; k++)
        {
            float factor = scale * update.Scale * update.B[(row * update.Rank) + k];
            ReadOnlySpan<float> a = update.A.AsSpan(checked((int)(((matrix * update.Rank) + k) * update.Columns)), update.Columns);
            ReadOnlySpan<Vector<float>> aVectors = MemoryMarshal.Cast<float, Vector<float>>(a);
            for (int i = 0; i < vectors.Length; i++)
                vectors[i] += factor * aVectors[i];
            for (int i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
                values[i] += factor * a[i];
        }
    }
}
