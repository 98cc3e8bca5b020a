namespace KernelFoundry.Inference.Models;

/// <summary>A cache of <see cref="Q8_0"/> blocks along the head dim, which must be a multiple of 32.</summary>
internal sealed class Q8KvCache(Device device, ModelConfiguration model, int capacity) : KvCache<Q8_0>(device, model, capacity)
{
    private readonly ModelConfiguration _model = model;

    internal override void Store(int layer, ActivationViews activations, RotaryEncoding rotary)
    {
        int tokens = activations.KeyHeads.Extent0;
        View1<int> positions = NextPositions(tokens);
        rotary.Apply(Device, activations.QueryHeads, positions, activations.QueryHeads);
        rotary.Apply(Device, activations.KeyHeads, positions, activations.KeyHeads);
        Encode(activations.KeyHeads, NextKeys(layer, tokens));
        if (HasValues)
            Encode(activations.ValueHeads, NextValues(layer, tokens));
    }

    protected override KvCache<Q8_0> Create() => new Q8KvCache(Device, _model, Capacity);

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

    private static View2<TElement> OfHead<TElement>(View3<TElement> view, int head)
        where TElement : unmanaged =>
        new(view.Memory!, view.ByteOffset + Element<TElement>.Bytes(head * view.Stride1), (view.Extent0, view.Extent2), view.Stride0);
}
