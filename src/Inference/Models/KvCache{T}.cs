using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>A cache whose elements are stored as <typeparamref name="T"/>: its memory, and attention on it.</summary>
internal abstract class KvCache<T> : KvCache
    where T : unmanaged
{
    private readonly ModelConfiguration _model;
    private readonly View3<T>[] _keys;
    private readonly View3<T>[] _values;

    protected KvCache(Device device, ModelConfiguration model, int capacity)
        : base(device, capacity)
    {
        Device = device;
        _model = model;
        _keys = new View3<T>[model.Layers];
        _values = new View3<T>[model.Layers];
        for (int layer = 0; layer < model.Layers; layer++)
        {
            _keys[layer] = Allocate();
            _values[layer] = Allocate();
        }
    }

    /// <inheritdoc/>
    public override long ByteLength => Element<T>.Bytes(2L * _model.Layers * Capacity * _model.KeyValueLength);

    protected Device Device { get; }

    // Scalars that a model does not need are not looked at where most models have none.
    internal override void Attend(int layer, ActivationViews activations, LayerAttention scores)
    {
        if (scores.IsBidirectional)
            Attend(layer, activations, scores.Scale, default(FullScore));
        else if (scores.Sinks.Memory is not null)
            Attend(layer, activations, scores.Scale, new SinkScore(scores.Sinks, scores.Window));
        else if (scores.SoftCap > 0)
            Attend(layer, activations, scores.Scale, new SoftCapScore(scores.SoftCap, scores.Window));
        else if (scores.Window < int.MaxValue)
            Attend(layer, activations, scores.Scale, new SlidingWindowScore(scores.Window));
        else
            Attend(layer, activations, scores.Scale, default(CausalScore));
    }

    /// <summary>Where the keys of the next tokens go, [tokens, kvHeads, headDim].</summary>
    protected View3<T> NextKeys(int layer, int tokens) => _keys[layer].Slice(0, Length, tokens);

    /// <summary>Where the values of the next tokens go, [tokens, kvHeads, headDim].</summary>
    protected View3<T> NextValues(int layer, int tokens) => _values[layer].Slice(0, Length, tokens);

    private protected override void Free()
    {
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            _keys[layer].Memory?.Dispose();
            _values[layer].Memory?.Dispose();
        }
    }

    private View3<T> Allocate()
    {
        View3<T> held = Device.Allocate<T>(_model.KeyValueHeads, Capacity, _model.HeadDim);
        return new View3<T>(held.Memory!, held.ByteOffset, (Capacity, _model.KeyValueHeads, _model.HeadDim), (held.Stride1, held.Stride0));
    }

    private void Attend<TScore>(int layer, ActivationViews a, float scale, TScore score)
        where TScore : struct, IScoreFunctor<TScore>
    {
        int tokens = a.QueryHeads.Extent0;
        int keys = Length + tokens;
        View3<T> k = _keys[layer].Slice(0, 0, keys);
        View3<T> v = _values[layer].Slice(0, 0, keys);
        if (tokens > 1)
        {
            Attention.FlashAttention(Device, a.QueryHeads, k, v, a.AttendedHeads, score, _model.HeadDim, Length, scale);
            return;
        }

        AttentionSplits splits = a.Splits.ForKeys(keys);
        Attention.FlashDecode(
            Device, a.QueryHeads.Row(0), k, v, splits.Max, splits.Sum, splits.Acc, score, _model.HeadDim, Length, scale);
        Attention.CombineSplits(Device, splits.Max, splits.Sum, splits.Acc, a.AttendedHeads.Row(0));
    }
}
