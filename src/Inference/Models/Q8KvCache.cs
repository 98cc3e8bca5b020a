namespace KernelFoundry.Inference.Models;

/// <summary>A cache of <see cref="Q8_0"/> blocks along the head dim, which must be a multiple of 32.</summary>
internal sealed class Q8KvCache(Device device, ModelConfiguration model, int capacity) : KvCache<Q8_0>(device, model, capacity)
{
    private readonly ModelConfiguration _model = model;

    // Turned where they are: nothing else reads the keys of the batch.
    internal override void StoreKeys(int layer, View3<float> keys, RotaryEncoding rotary)
    {
        rotary.Apply(Device, keys, NextPositions(keys.Extent0), keys);
        Store(keys, NextKeys(layer, keys.Extent0));
    }

    internal override void StoreValues(int layer, View3<float> values) => Store(values, NextValues(layer, values.Extent0));

    protected override KvCache<Q8_0> Create() => new Q8KvCache(Device, _model, Capacity);

    protected override void Store(View2<float> x, View2<Q8_0> y) => Kernels.Quantization.EncodeQ8_0(Device, x, y);
}
