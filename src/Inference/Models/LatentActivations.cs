namespace KernelFoundry.Inference.Models;

/// <summary>What multi-head latent attention writes and reads besides.</summary>
internal sealed class LatentActivations : IDisposable
{
    public LatentActivations(Device device, ModelConfiguration model, LatentConfiguration latent, int capacity)
    {
        LowQuery = device.Allocate<float>(capacity, Math.Max(1, latent.QueryRank));
        Query = device.Allocate<float>(capacity, model.Heads * (latent.PlainDims + model.RotaryDims));
        KeyValue = device.Allocate<float>(capacity, model.HeadDim);
        Values = device.Allocate<float>(capacity, model.Heads * latent.ValueDims);
    }

    /// <summary>[tokens, queryRank].</summary>
    public View2<float> LowQuery { get; }

    /// <summary>Of each head its plain elements, then those that are turned, [tokens, heads * (plainDims + rotaryDims)].</summary>
    public View2<float> Query { get; }

    /// <summary>The short vector, then the elements that are turned, [tokens, keyValueRank + rotaryDims].</summary>
    public View2<float> KeyValue { get; }

    /// <summary>Outputs of attention, [tokens, heads * valueDims].</summary>
    public View2<float> Values { get; }

    public void Dispose()
    {
        foreach (DeviceMemory? memory in new[] { LowQuery.Memory, Query.Memory, KeyValue.Memory, Values.Memory })
            memory?.Dispose();
    }
}
