using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>A cache of floating-point elements: keys and values are rounded where they are stored.</summary>
internal sealed class FloatKvCache<T>(Device device, ModelConfiguration model, int capacity) : KvCache<T>(device, model, capacity)
    where T : unmanaged
{
    private readonly ModelConfiguration _model = model;

    internal override void StoreKeys(int layer, View3<float> keys, RotaryEncoding rotary) =>
        rotary.Apply(Device, keys, NextPositions(keys.Extent0), NextKeys(layer, keys.Extent0));

    internal override void StoreValues(int layer, View3<float> values) => Store(values, NextValues(layer, values.Extent0));

    protected override KvCache<T> Create() => new FloatKvCache<T>(Device, _model, Capacity);

    protected override void Store(View2<float> x, View2<T> y) => Elementwise.Copy(Device, x, y);
}
