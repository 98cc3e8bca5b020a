namespace KernelFoundry.Inference.Formats;

/// <summary>Small tensors of other files than models, as floats.</summary>
internal static class TensorValues
{
    /// <summary>Reads a tensor whose numbers all have to be finite.</summary>
    /// <param name="tensor">The tensor, of F32, F16 or BF16.</param>
    /// <returns>Its elements.</returns>
    /// <exception cref="InvalidModelException">It is of another type, or an element is not a finite number.</exception>
    public static float[] Finite(GgufTensor tensor)
    {
        TensorCodec codec = TensorCodecs.TryGet(tensor.Type) is { IsQuantized: false } readable
            ? readable
            : throw tensor.Error("its type", $"{tensor.Type}", "F32, F16 or BF16");
        var values = new float[checked((int)tensor.ElementCount)];
        codec.Decode(tensor.Data, values);
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw tensor.Error($"element {wrong}", $"{values[wrong]}", "a finite number");
    }
}
