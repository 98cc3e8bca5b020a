using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A sequence of a language model that tells what it attends to: softmax's weights of one layer, a mean over its heads, as <see cref="CaptureAttention"/> works them
/// out on the host. Forks share keys and values, and the hooks, which belong to the first sequence: it is disposed of last.
/// </summary>
public sealed class AttendedModelSequence : IAttendedSequence
{
    private readonly LanguageModel _model;
    private readonly ModelSequence _sequence;
    private readonly LayerHooks _hooks;
    private readonly bool _ownsHooks;
    private readonly int _layer;
    private readonly List<float[]> _rows;

    /// <summary>An empty sequence.</summary>
    /// <param name="model">The model; it must stay open, and have no other hooks.</param>
    /// <param name="capacity">Most tokens; at most the model's context.</param>
    /// <param name="sourceLength">Tokens of the prompt that attention is counted for.</param>
    /// <param name="layer">The layer, from 0; null for the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such layer, or the source is empty or longer than the capacity.</exception>
    /// <exception cref="InvalidOperationException">The model has hooks already.</exception>
    public AttendedModelSequence(LanguageModel model, int capacity, int sourceLength, int? layer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sourceLength, capacity);
        _layer = layer ?? model.Configuration.Layers - 1;
        _hooks = new LayerHooks(model.Transformer, new CaptureAttention(_layer));
        (_model, SourceLength, _ownsHooks, _rows) = (model, sourceLength, true, []);
        try
        {
            _sequence = new ModelSequence(model, capacity);
        }
        catch
        {
            _hooks.Dispose();
            throw;
        }
    }

    private AttendedModelSequence(AttendedModelSequence from)
    {
        (_model, _hooks, _layer, SourceLength) = (from._model, from._hooks, from._layer, from.SourceLength);
        _rows = [.. from._rows];
        _sequence = (ModelSequence)from._sequence.Fork();
    }

    /// <inheritdoc/>
    public int SourceLength { get; }

    /// <inheritdoc/>
    public int Length => _sequence.Length;

    /// <inheritdoc/>
    public int Capacity => _sequence.Capacity;

    /// <inheritdoc/>
    public int Vocabulary => _sequence.Vocabulary;

    /// <inheritdoc/>
    public Device Device => _sequence.Device;

    /// <inheritdoc/>
    public View1<float> Score(ReadOnlySpan<int> tokens)
    {
        _hooks.Clear();
        View1<float> logits = _sequence.Score(tokens);
        foreach (AttentionMap map in _hooks.Attention(_layer).Where(map => map.Position >= SourceLength))
        {
            var row = new float[SourceLength];
            foreach (float[] weights in map.Weights)
            {
                for (int i = 0; i < row.Length; i++)
                    row[i] += weights[i] / map.Weights.Count;
            }

            _rows.Add(row);
        }

        return logits;
    }

    /// <inheritdoc/>
    public void ReadAttention(Span<float> sums)
    {
        sums[..SourceLength].Clear();
        foreach (float[] row in _rows)
        {
            for (int i = 0; i < row.Length; i++)
                sums[i] += row[i];
        }
    }

    /// <inheritdoc/>
    public void Rollback(int length)
    {
        _sequence.Rollback(length);
        int kept = Math.Max(length - SourceLength, 0);
        if (kept < _rows.Count)
            _rows.RemoveRange(kept, _rows.Count - kept);
    }

    /// <inheritdoc/>
    public IScoredSequence Fork() => new AttendedModelSequence(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _sequence.Dispose();
        if (_ownsHooks)
            _hooks.Dispose();
    }
}
