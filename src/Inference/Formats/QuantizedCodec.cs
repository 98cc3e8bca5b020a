namespace KernelFoundry.Inference.Formats;

/// <summary>The codec of a quantization format: its own Decode and Encode, block by block.</summary>
internal sealed class QuantizedCodec<TFormat>(GgmlType type) : TensorCodec(type, TFormat.BlockSize, TFormat.BlockBytes, true)
    where TFormat : struct, IQuantEncoder
{
    public override void Decode(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; bytes = bytes[TFormat.BlockBytes..])
        {
            var block = new Block(bytes[..TFormat.BlockBytes]);
            for (int j = 0; j < TFormat.BlockSize; j++, i++)
                values[i] = TFormat.Decode(block, j).Value;
        }
    }

    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> bytes)
    {
        for (int i = 0; i < values.Length; i += TFormat.BlockSize, bytes = bytes[TFormat.BlockBytes..])
        {
            ReadOnlySpan<float> weights = importance.IsEmpty ? [] : importance.Slice(i, TFormat.BlockSize);
            TFormat.Encode(values.Slice(i, TFormat.BlockSize), weights, bytes[..TFormat.BlockBytes]);
        }
    }
}
