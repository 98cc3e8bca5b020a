namespace KernelFoundry.Inference.Models;

/// <summary>A cache of <see cref="Q8_0"/> blocks along the head dim, which must be a multiple of 32.</summary>
internal sealed class Q8KvCache(Device device, ModelConfiguration model, int capacity) : KvCache<Q8_0>(device, model, capacity)
{
    // Turned where they are: nothing else reads the keys of the batch.
    internal override void StoreKeys(int layer, View3<float> keys, RotaryEncoding rotary)
    {
        rotary.Apply(Device, keys, Positions.Slice(Length, keys.Extent0), keys);
        int tokens = keys.Extent0, length = keys.Extent1 * keys.Extent2;
        Kernels.Quantization.EncodeQ8_0(Device, keys.Reshape(tokens, length), NextKeys(layer, tokens).Reshape(tokens, length));
    }

    internal override void StoreValues(int layer, View2<float> values) =>
        Kernels.Quantization.EncodeQ8_0(Device, values, NextValues(layer, values.Extent0).Reshape(values.Extent0, values.Extent1));
}
