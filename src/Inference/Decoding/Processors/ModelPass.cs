using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A model on a prompt of its own, followed by what another generation generates: the second pass of <see cref="Guidance"/>. The same model on a negative or shorter
/// prompt, or another one with the same vocabulary on the same device. Tokens that are taken back are taken back here too. For one sequence.
/// </summary>
public sealed class ModelPass : ISecondPass, IDisposable
{
    private readonly ModelSequence _sequence;
    private readonly int[] _prompt;
    private readonly List<int> _held = [];

    /// <summary>Prepares a pass; nothing goes through the model yet.</summary>
    /// <param name="model">The model; it must stay open.</param>
    /// <param name="prompt">Its prompt, one token at least.</param>
    /// <param name="capacity">Most tokens of prompt and generation together, at most the model's context.</param>
    /// <exception cref="ArgumentException">The prompt is empty or longer than the capacity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not from 1 to the context length.</exception>
    public ModelPass(LanguageModel model, ReadOnlySpan<int> prompt, int capacity)
    {
        if (prompt.IsEmpty || prompt.Length > capacity)
            throw new ArgumentException($"The second pass has a prompt of {prompt.Length} tokens and room for {capacity}; it continues one token at least.", nameof(prompt));
        _prompt = prompt.ToArray();
        _sequence = new ModelSequence(model, capacity);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">More was generated than there is room for.</exception>
    public View1<float> Score(ReadOnlySpan<int> generated)
    {
        int[] all = [.. _prompt, .. generated];

        // The logits after the last token are wanted, so that it goes through the model again if all are held.
        int same = Math.Min(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_held).CommonPrefixLength(all), all.Length - 1);
        _sequence.Rollback(same);
        _held.RemoveRange(same, _held.Count - same);
        View1<float> logits = _sequence.Score(all.AsSpan(same));
        _held.AddRange(all.AsSpan(same));
        return logits;
    }

    /// <summary>Frees the keys and values.</summary>
    public void Dispose() => _sequence.Dispose();
}
