namespace KernelFoundry.Inference.Models;

/// <summary>A cache of floating-point elements: keys and values are rounded where they are stored.</summary>
internal sealed class FloatKvCache<T>(Device device, ModelConfiguration model, int capacity) : KvCache<T>(device, model, capacity)
    where T : unmanaged
{
    private readonly ModelConfiguration _model = model;

    internal override void Store(int layer, ActivationViews activations, RotaryEncoding rotary)
    {
        int tokens = activations.KeyHeads.Extent0;
        if (!HasValues)
        {
            View1<int> positions = NextPositions(tokens);
            rotary.Apply(Device, activations.QueryHeads, positions, activations.QueryHeads);
            rotary.Apply(Device, activations.KeyHeads, positions, NextKeys(layer, tokens));
            return;
        }

        rotary.ApplyAndStore(Device, activations, NextPositions(tokens), NextKeys(layer, tokens), NextValues(layer, tokens));
    }

    protected override KvCache<T> Create() => new FloatKvCache<T>(Device, _model, Capacity);
}
