namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// One sequence of a model, as searches see it: tokens go in, logits come out, and it can be taken back or continued in two ways. For one thread
/// at a time; a fork shares nothing that shows.
/// </summary>
public interface IScoredSequence : IDisposable
{
    /// <summary>Tokens it holds.</summary>
    int Length { get; }

    /// <summary>Most tokens it can hold.</summary>
    int Capacity { get; }

    /// <summary>Number of tokens of the model.</summary>
    int Vocabulary { get; }

    /// <summary>The device the logits are on.</summary>
    Device Device { get; }

    /// <summary>Appends tokens.</summary>
    /// <param name="tokens">At least one.</param>
    /// <returns>The logits of the token that comes next, [vocabulary]; the caller may change them; valid until the next call on the sequence.</returns>
    View1<float> Score(ReadOnlySpan<int> tokens);

    /// <summary>Forgets tokens.</summary>
    /// <param name="length">Tokens to keep; at most <see cref="Length"/>.</param>
    void Rollback(int length);

    /// <summary>A second sequence with the same tokens.</summary>
    /// <returns>The sequence; the caller disposes of it.</returns>
    IScoredSequence Fork();
}
