namespace KernelFoundry.Inference.Models;

/// <summary>A pool of floating-point elements: keys and values are rounded where they are stored.</summary>
internal sealed class FloatBlockPool<T>(Device device, ModelConfiguration model, int blocks, bool grows) : KvBlockPool<T>(device, model, blocks, grows)
    where T : unmanaged
{
    internal override void Store(int layer, ActivationViews activations, RotaryEncoding rotary, BatchPlan plan)
    {
        if (HasValues)
        {
            rotary.ApplyAndStore(Device, activations, plan.Positions, plan.Slots, Keys(layer), Values(layer));
            return;
        }

        rotary.Apply(Device, activations.QueryHeads, plan.Positions, activations.QueryHeads);
        foreach ((int row, int slot, int count) in plan.Runs)
            rotary.Apply(Device, activations.KeyHeads.Slice(0, row, count), plan.Positions.Slice(row, count), Keys(layer).Slice(0, slot, count));
    }

    protected override void TurnAndStore(RotaryEncoding rotary, View3<float> x, View1<int> positions, View2<T> y) =>
        rotary.Apply(Device, x, positions, new View3<T>(y.Memory!, y.ByteOffset, (y.Extent0, 1, y.Extent1), (y.Stride0, y.Stride0)));
}
