namespace KernelFoundry.Inference.Models;

/// <summary>A pool of <see cref="Q8_0"/> blocks along the head dim, which must be a multiple of 32.</summary>
internal sealed class Q8BlockPool(Device device, ModelConfiguration model, int blocks, bool grows) : KvBlockPool<Q8_0>(device, model, blocks, grows)
{
    internal override void Store(int layer, ActivationViews activations, RotaryEncoding rotary, BatchPlan plan)
    {
        rotary.Apply(Device, activations.QueryHeads, plan.Positions, activations.QueryHeads);
        rotary.Apply(Device, activations.KeyHeads, plan.Positions, activations.KeyHeads);
        foreach ((int row, int slot, int count) in plan.Runs)
        {
            Encode(activations.KeyHeads.Slice(0, row, count), Keys(layer).Slice(0, slot, count));
            if (HasValues)
                Encode(activations.ValueHeads.Slice(0, row, count), Values(layer).Slice(0, slot, count));
        }
    }

    protected override void TurnAndStore(RotaryEncoding rotary, View3<float> x, View1<int> positions, View2<Q8_0> y)
    {
        rotary.Apply(Device, x, positions, x);
        Kernels.Quantization.EncodeQ8_0(Device, x.Reshape(x.Extent0, x.Extent2), y);
    }

    // The heads of one token are rows that lie together, and so are the tokens of one head.
    private void Encode(View3<float> x, View3<Q8_0> y)
    {
        if (x.Extent0 == 1)
        {
            Kernels.Quantization.EncodeQ8_0(Device, x.Row(0), y.Row(0));
            return;
        }

        for (int head = 0; head < x.Extent1; head++)
            Kernels.Quantization.EncodeQ8_0(Device, OfHead(x, head), OfHead(y, head));
    }
}
