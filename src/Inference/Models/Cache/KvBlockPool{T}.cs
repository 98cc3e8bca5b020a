using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>A pool whose elements are stored as <typeparamref name="T"/>: its memory, and attention on it.</summary>
internal abstract class KvBlockPool<T> : KvBlockPool
    where T : unmanaged
{
    private readonly View3<T>[] _keys;
    private readonly View3<T>[] _values;

    protected KvBlockPool(Device device, ModelConfiguration model, int blocks, bool grows)
        : base(device, model, blocks, grows)
    {
        _keys = new View3<T>[model.Layers];
        _values = new View3<T>[model.Layers];
        try
        {
            for (int layer = 0; layer < model.Layers; layer++)
                Hold(layer, Allocate(blocks));
        }
        catch
        {
            Free();
            throw;
        }
    }

    public override long BlockBytes => Element<T>.Bytes(BlockTokens * Model.CachedPerPosition);

    internal override string ElementName => typeof(T).Name;

    private static long HeadBytes(View3<T> view) => Element<T>.Bytes(view.Stride1);

    private long SlotBytes => Element<T>.Bytes(Model.HeadDim);

    // Scalars that a model does not need are not looked at where most models have none.
    internal override void Attend(int layer, ActivationViews activations, LayerAttention scores, BatchPlan plan)
    {
        if (plan.Tree is { } tree)
            AttendEach(layer, activations, scores.Scale, tree.Score(scores), plan);
        else if (scores.IsBidirectional)
            Attend(layer, activations, scores.Scale, default(FullScore), plan);
        else if (scores.Sinks.Memory is not null)
            Attend(layer, activations, scores.Scale, new SinkScore(scores.Sinks, scores.Window), plan);
        else if (scores.SoftCap > 0)
            Attend(layer, activations, scores.Scale, new SoftCapScore(scores.SoftCap, scores.Window), plan);
        else if (scores.Window < int.MaxValue)
            Attend(layer, activations, scores.Scale, new SlidingWindowScore(scores.Window), plan);
        else
            Attend(layer, activations, scores.Scale, default(CausalScore), plan);
    }

    internal override void CopyBlock(int from, int to, int positions)
    {
        for (int layer = 0; layer < Model.Layers; layer++)
        {
            foreach (View3<T> part in PartsOf(layer))
                CopySlots(part, FirstSlot(from), FirstSlot(to), positions);
        }
    }

    internal override void CopySlot(int from, int to)
    {
        for (int layer = 0; layer < Model.Layers; layer++)
        {
            foreach (View3<T> part in PartsOf(layer))
                CopySlots(part, from, to, 1);
        }
    }

    internal override void Turn(ReadOnlySpan<(int Slot, int Count)> runs, int by, Func<int, RotaryEncoding?> rotary)
    {
        View1<int> slots = Device.Allocate<int>(BlockTokens), distances = Device.Upload<int>([.. Enumerable.Repeat(by, BlockTokens)]);
        View2<float> unturned = Device.Allocate<float>(BlockTokens, Model.HeadDim);
        foreach ((int slot, int count) in runs)
        {
            slots.Slice(0, count).CopyFrom([.. Enumerable.Range(slot, count)]);
            for (int layer = 0; layer < Model.Layers; layer++)
            {
                if (rotary(layer) is not { } encoding)
                    continue;
                for (int head = 0; head < Model.KeyValueHeads; head++)
                {
                    View2<T> keys = OfHead(_keys[layer], head);
                    View2<float> x = unturned.Slice(0, 0, count);
                    Embedding.EmbeddingLookup(Device, slots.Slice(0, count), keys, x, 1);
                    TurnAndStore(encoding, x.Reshape(count, 1, Model.HeadDim), distances.Slice(0, count), keys.Slice(0, slot, count));
                }
            }
        }

        Device.Synchronize();
        slots.Memory!.Dispose();
        distances.Memory!.Dispose();
        unturned.Memory!.Dispose();
    }

    internal override float[] ReadKeys(int layer, ReadOnlySpan<int> slots)
    {
        View1<int> rows = Device.Upload<int>(slots);
        View2<float> keys = Device.Allocate<float>(Model.KeyValueHeads * slots.Length, Model.HeadDim);
        for (int head = 0; head < Model.KeyValueHeads; head++)
            Embedding.EmbeddingLookup(Device, rows, OfHead(_keys[layer], head), keys.Slice(0, head * slots.Length, slots.Length), 1);
        float[] read = keys.ToArray();
        rows.Memory!.Dispose();
        keys.Memory!.Dispose();
        return read;
    }

    internal override void ForEachPart(ReadOnlySpan<int> blocks, int positions, PartVisitor visit)
    {
        Device.Synchronize();
        byte[] part = new byte[BlockTokens * SlotBytes];
        for (int layer = 0; layer < Model.Layers; layer++)
        {
            foreach (View3<T> view in PartsOf(layer))
            {
                for (int i = 0; i < Model.KeyValueHeads; i++)
                {
                    for (int first = 0; first < positions; first += BlockTokens)
                    {
                        int bytes = (int)(Math.Min(BlockTokens, positions - first) * SlotBytes);
                        visit(view.Memory!, view.ByteOffset + (i * HeadBytes(view)) + (FirstSlot(blocks[first / BlockTokens]) * SlotBytes), part.AsSpan(0, bytes));
                    }
                }
            }
        }
    }

    /// <summary>A layer's keys, [slots, kvHeads, headDim].</summary>
    protected View3<T> Keys(int layer) => _keys[layer];

    /// <summary>A layer's values, [slots, kvHeads, headDim].</summary>
    protected View3<T> Values(int layer) => _values[layer];

    /// <summary>A head's rows, [extent 0, headDim].</summary>
    protected static View2<TElement> OfHead<TElement>(View3<TElement> view, int head)
        where TElement : unmanaged =>
        new(view.Memory!, view.ByteOffset + Element<TElement>.Bytes(head * view.Stride1), (view.Extent0, view.Extent2), view.Stride0);

    /// <summary>Turns rows and stores them.</summary>
    /// <param name="rotary">How to turn them.</param>
    /// <param name="x">[rows, 1, headDim]; may be overwritten.</param>
    /// <param name="positions">[rows].</param>
    /// <param name="y">Where to, [rows, headDim].</param>
    protected abstract void TurnAndStore(RotaryEncoding rotary, View3<float> x, View1<int> positions, View2<T> y);

    private protected override void Resize(int blocks)
    {
        for (int layer = 0; layer < Model.Layers; layer++)
        {
            View3<T> old = _keys[layer], room = Allocate(blocks);
            for (int head = 0; head < Model.KeyValueHeads; head++)
                room.Memory!.BeginCopy(room.ByteOffset + (head * HeadBytes(room)), old.Memory!, old.ByteOffset + (head * HeadBytes(old)), HeadBytes(old));
            Device.Synchronize();
            old.Memory!.Dispose();
            Hold(layer, room);
        }
    }

    private protected override void Free()
    {
        foreach (View3<T> keys in _keys)
            keys.Memory?.Dispose();
    }

    private View3<T>[] PartsOf(int layer) => HasValues ? [_keys[layer], _values[layer]] : [_keys[layer]];

    // A head's slots, of which those of keys and of values take turns, block by block.
    private View3<T> Allocate(int blocks)
    {
        int slots = checked(blocks * Parts * BlockTokens);
        View3<T> held = Device.Allocate<T>(Model.KeyValueHeads, slots, Model.HeadDim);
        return new View3<T>(held.Memory!, held.ByteOffset, (slots, Model.KeyValueHeads, Model.HeadDim), (held.Stride1, held.Stride0));
    }

    // A slot is the same number for keys and for values, which begin one part later.
    private void Hold(int layer, View3<T> slots)
    {
        int later = (Parts - 1) * BlockTokens;
        _keys[layer] = slots.Slice(0, 0, slots.Extent0 - later);
        _values[layer] = slots.Slice(0, later, slots.Extent0 - later);
    }

    private void CopySlots(View3<T> view, int from, int to, int count)
    {
        for (int i = 0; i < Model.KeyValueHeads && count > 0; i++)
        {
            long at = view.ByteOffset + (i * HeadBytes(view));
            view.Memory!.BeginCopy(at + (to * SlotBytes), view.Memory!, at + (from * SlotBytes), count * SlotBytes);
        }
    }

    private void Attend<TScore>(int layer, ActivationViews a, float scale, TScore score, BatchPlan plan)
        where TScore : struct, IScoreFunctor<TScore>
    {
        for (int first = 0; first < plan.Decoding; first += plan.DecodedAtOnce)
        {
            int count = Math.Min(plan.DecodedAtOnce, plan.Decoding - first);
            AttentionSplits splits = plan.Splits(count);
            View1<int> positions = plan.Positions.Slice(first, count);
            Attention.FlashDecode(
                Device, a.QueryHeads.Slice(0, first, count), _keys[layer], _values[layer], plan.Tables.Slice(0, first, count), positions, splits.Max, splits.Sum,
                splits.Acc, score, Model.HeadDim, scale);
            Attention.CombineSplits(Device, splits.Max, splits.Sum, splits.Acc, positions, a.AttendedHeads.Slice(0, first, count), score);
        }

        AttendEach(layer, a, scale, score, plan);
    }

    // Tokens of one sequence, launch by launch.
    private void AttendEach<TScore>(int layer, ActivationViews a, float scale, TScore score, BatchPlan plan)
        where TScore : struct, IScoreFunctor<TScore>
    {
        for (int i = plan.Decoding; i < plan.Count; i++)
        {
            (int first, int tokens, int start) = plan[i];
            Attention.FlashAttention(
                Device, a.QueryHeads.Slice(0, first, tokens), _keys[layer], _values[layer], plan.Tables.Row(i), a.AttendedHeads.Slice(0, first, tokens), score,
                Model.HeadDim, start, start + tokens, scale);
        }
    }
}
