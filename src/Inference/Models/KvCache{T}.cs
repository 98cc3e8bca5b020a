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
        _model = model;
        _keys = new View3<T>[model.Layers];
        _values = new View3<T>[model.Layers];
        for (int layer = 0; layer < model.Layers; layer++)
        {
            _keys[layer] = Allocate();

            // What latent attention sums up is its keys.
            _values[layer] = HasValues ? Allocate() : _keys[layer];
        }
    }

    /// <inheritdoc/>
    public override long ByteLength => Element<T>.Bytes((long)Capacity * _model.CachedPerPosition);

    /// <summary>Whether values are other than keys.</summary>
    protected bool HasValues => _model.Latent is null;

    // Scalars that a model does not need are not looked at where most models have none.
    internal override void Attend(int layer, ActivationViews activations, LayerAttention scores)
    {
        bool isPlain = !scores.IsBidirectional && scores.Sinks.Memory is null && scores.SoftCap <= 0;
        if (Tree is { } tree)
            Attend(layer, activations, scores.Scale, isPlain ? tree.Score(scores.Window) : throw new NotSupportedException("Trees of tokens go through models of causal attention without soft caps and sinks; decode this one without speculation."));
        else if (scores.IsBidirectional)
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

    /// <inheritdoc/>
    public override KvCache Fork()
    {
        KvCache<T> copy = Create();
        for (int layer = 0; layer < _model.Layers; layer++)
        {
            foreach (var (from, to) in Parts(layer).Zip(copy.Parts(layer)))
                CopyPositions(from, to);
        }

        copy.Advance(Length);
        Device.Synchronize();
        return copy;
    }

    /// <summary>An empty cache of the same kind and capacity.</summary>
    protected abstract KvCache<T> Create();

    /// <summary>Where the keys of the next tokens go, [tokens, kvHeads, headDim].</summary>
    protected View3<T> NextKeys(int layer, int tokens) => _keys[layer].Slice(0, Length, tokens);

    /// <summary>Where the values of the next tokens go, [tokens, kvHeads, headDim].</summary>
    protected View3<T> NextValues(int layer, int tokens) => _values[layer].Slice(0, Length, tokens);

    internal override string ElementName => typeof(T).Name;

    internal override void ForEachPart(int positions, PartVisitor visit)
    {
        Device.Synchronize();
        long head = Element<T>.Bytes((long)Capacity * _model.HeadDim);
        byte[] part = new byte[Element<T>.Bytes((long)positions * _model.HeadDim)];
        for (int layer = 0; layer < _model.Layers; layer++)
        {
            foreach (View3<T> view in Parts(layer))
            {
                for (int i = 0; i < _model.KeyValueHeads; i++)
                    visit(view.Memory!, view.ByteOffset + (i * head), part);
            }
        }
    }

    // Of a head's positions, which lie together, one.
    private protected override void CopyPosition(int from, int to)
    {
        long head = Element<T>.Bytes((long)Capacity * _model.HeadDim), each = Element<T>.Bytes(_model.HeadDim);
        for (int layer = 0; layer < _model.Layers; layer++)
        {
            Copy(_keys[layer]);
            if (HasValues)
                Copy(_values[layer]);
        }

        void Copy(View3<T> view)
        {
            for (int i = 0; i < _model.KeyValueHeads; i++)
            {
                long at = view.ByteOffset + (i * head);
                view.Memory!.BeginCopy(at + (to * each), view.Memory!, at + (from * each), each);
            }
        }
    }

    private protected override void Free()
    {
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            _keys[layer].Memory?.Dispose();
            if (HasValues)
                _values[layer].Memory?.Dispose();
        }
    }

    private View3<T>[] Parts(int layer) => HasValues ? [_keys[layer], _values[layer]] : [_keys[layer]];

    // The positions of a head lie together; those beyond the length are left out.
    private void CopyPositions(View3<T> from, View3<T> to)
    {
        long head = Element<T>.Bytes((long)Capacity * _model.HeadDim), used = Element<T>.Bytes((long)Length * _model.HeadDim);
        for (int i = 0; i < _model.KeyValueHeads && used > 0; i++)
            to.Memory!.BeginCopy(to.ByteOffset + (i * head), from.Memory!, from.ByteOffset + (i * head), used);
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
