using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>A cache whose elements are stored as <typeparamref name="T"/>.</summary>
internal sealed class KvCache<T> : KvCache
    where T : unmanaged
{
    private readonly Device _device;
    private readonly ModelConfiguration _model;
    private readonly float _scale;
    private readonly View3<T>[] _keys;
    private readonly View3<T>[] _values;
    private readonly View2<T>[] _valueRows;

    public KvCache(Device device, ModelConfiguration model, int capacity)
        : base(device, capacity)
    {
        _device = device;
        _model = model;
        _scale = 1f / MathF.Sqrt(model.HeadDim);
        _keys = new View3<T>[model.Layers];
        _values = new View3<T>[model.Layers];
        _valueRows = new View2<T>[model.Layers];
        for (int layer = 0; layer < model.Layers; layer++)
        {
            _keys[layer] = device.Allocate<T>(capacity, model.KeyValueHeads, model.HeadDim);
            _values[layer] = device.Allocate<T>(capacity, model.KeyValueHeads, model.HeadDim);
            _valueRows[layer] = _values[layer].Reshape(capacity, model.KeyValueLength);
        }
    }

    internal override void StoreKeys(int layer, View3<float> keys, RotaryEncoding rotary) =>
        rotary.Apply(_device, keys, Positions.Slice(Length, keys.Extent0), _keys[layer].Slice(0, Length, keys.Extent0));

    internal override void StoreValues(int layer, View2<float> values) =>
        Elementwise.Copy(_device, values, _valueRows[layer].Slice(0, Length, values.Extent0));

    internal override void Attend(int layer, ActivationViews activations)
    {
        if (_model.Architecture.Attention == AttentionKind.SlidingWindow)
            Attend(layer, activations, new SlidingWindowScore(_model.SlidingWindow));
        else
            Attend(layer, activations, default(CausalScore));
    }

    private protected override void Free()
    {
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            _keys[layer].Memory?.Dispose();
            _values[layer].Memory?.Dispose();
        }
    }

    private void Attend<TScore>(int layer, ActivationViews a, TScore score)
        where TScore : struct, IScoreFunctor<TScore>
    {
        int tokens = a.QueryHeads.Extent0;
        int keys = Length + tokens;
        View3<T> k = _keys[layer].Slice(0, 0, keys);
        View3<T> v = _values[layer].Slice(0, 0, keys);
        if (tokens > 1)
        {
            Attention.FlashAttention(_device, a.QueryHeads, k, v, a.AttendedHeads, score, _model.HeadDim, Length, _scale);
            return;
        }

        AttentionSplits splits = a.Splits.ForKeys(keys);
        Attention.FlashDecode(
            _device, a.QueryHeads.Row(0), k, v, splits.Max, splits.Sum, splits.Acc, score, _model.HeadDim, Length, _scale);
        Attention.CombineSplits(_device, splits.Max, splits.Sum, splits.Acc, a.AttendedHeads.Row(0));
    }
}
