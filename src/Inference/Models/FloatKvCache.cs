namespace KernelFoundry.Inference.Models;

/// <summary>A cache of floating-point elements: keys and values are rounded where they are stored.</summary>
internal sealed class FloatKvCache<T>(Device device, ModelConfiguration model, int capacity) : KvCache<T>(device, model, capacity)
    where T : unmanaged
{
    internal override void Store(int layer, ActivationViews activations, RotaryEncoding rotary)
    {
        int tokens = activations.KeyHeads.Extent0;
        rotary.ApplyAndStore(Device, activations, Positions.Slice(Length, tokens), NextKeys(layer, tokens), NextValues(layer, tokens));
    }
}
