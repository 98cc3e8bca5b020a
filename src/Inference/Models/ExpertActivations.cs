namespace KernelFoundry.Inference.Models;

/// <summary>What a mixture of experts writes and reads; its rows are slots, one an expert of a token, grouped by expert.</summary>
internal sealed class ExpertActivations : IDisposable
{
    public ExpertActivations(Device device, ModelConfiguration model, ExpertConfiguration experts, int capacity)
    {
        int slots = capacity * experts.Used;
        Router = new ExpertRouter(experts, capacity);
        HostLogits = new float[capacity * experts.Count];
        Logits = device.Allocate<float>(capacity, experts.Count);
        Tokens = device.Allocate<int>(slots);
        Slots = device.Allocate<int>(capacity, experts.Used);
        Weights = device.Allocate<float>(capacity, experts.Used);
        Input = device.Allocate<float>(slots, model.EmbeddingLength);
        GateUp = device.Allocate<float>(slots, checked(2 * experts.FeedForwardLength));
        Output = device.Allocate<float>(slots, model.EmbeddingLength);
        SharedGate = device.Allocate<float>(capacity, 1);
        SharedHidden = device.Allocate<float>(capacity, Math.Max(1, experts.SharedLength));
        SharedUp = device.Allocate<float>(capacity, Math.Max(1, experts.SharedLength));
    }

    public ExpertRouter Router { get; }

    public float[] HostLogits { get; }

    /// <summary>[tokens, experts].</summary>
    public View2<float> Logits { get; }

    /// <summary>The token of a slot, [slots].</summary>
    public View1<int> Tokens { get; }

    /// <summary>The slots of a token, [tokens, used].</summary>
    public View2<int> Slots { get; }

    /// <summary>[tokens, used].</summary>
    public View2<float> Weights { get; }

    /// <summary>[slots, embedding].</summary>
    public View2<float> Input { get; }

    /// <summary>Gates, then what they gate, [slots, 2 * feedForward].</summary>
    public View2<float> GateUp { get; }

    /// <summary>[slots, embedding].</summary>
    public View2<float> Output { get; }

    /// <summary>Gate of the shared experts' outputs, [tokens, 1].</summary>
    public View2<float> SharedGate { get; }

    /// <summary>Of the shared experts, [tokens, sharedLength].</summary>
    public View2<float> SharedHidden { get; }

    /// <summary>Of the shared experts, [tokens, sharedLength].</summary>
    public View2<float> SharedUp { get; }

    public void Dispose()
    {
        DeviceMemory?[] memories =
        [
            Logits.Memory, Tokens.Memory, Slots.Memory, Weights.Memory, Input.Memory, GateUp.Memory, Output.Memory,
            SharedGate.Memory, SharedHidden.Memory, SharedUp.Memory,
        ];
        foreach (DeviceMemory? memory in memories)
            memory?.Dispose();
    }
}
