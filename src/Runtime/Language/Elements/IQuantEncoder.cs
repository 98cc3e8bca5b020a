namespace KernelFoundry;

/// <summary>A quantization format that can also be written.</summary>
public interface IQuantEncoder : IQuantFormat
{
    /// <summary>
    /// Quantizes one block so that the weighted squared error is small: element i weighs importance[i] sqrt(m + values[i]^2), m being the
    /// block's mean square, since large weights move a result more than small ones.
    /// </summary>
    /// <param name="values">BlockSize finite values. Those beyond what the format's scales reach are taken for its largest.</param>
    /// <param name="importance">
    /// How much each element's error matters, as the mean square of the activations it multiplies; none or BlockSize of them, not negative.
    /// </param>
    /// <param name="block">BlockBytes bytes to write.</param>
    static abstract void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block);
}
