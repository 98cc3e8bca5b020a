namespace KernelFoundry.Inference.Decoding;

/// <summary>A second forward pass beside a generation: another prompt, or another model with the same vocabulary. For one sequence.</summary>
public interface ISecondPass
{
    /// <summary>The logits that come after its own prompt and the tokens generated so far.</summary>
    /// <param name="generated">All tokens generated so far; they may have been rolled back since the last call.</param>
    /// <returns>[vocabulary], on the device of the first pass; valid until the next call.</returns>
    View1<float> Score(ReadOnlySpan<int> generated);
}
