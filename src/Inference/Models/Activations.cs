namespace KernelFoundry.Inference.Models;

/// <summary>The activation memory of a transformer, allocated once and used for every batch.</summary>
internal sealed class Activations : IDisposable
{
    private readonly ActivationViews _all;

    public Activations(Device device, ModelConfiguration model, TransformerWeights weights, int capacity)
    {
        Capacity = capacity;
        View2<float> projected = device.Allocate<float>(capacity, model.QueryLength + (2 * model.KeyValueLength));
        View2<float> attended = device.Allocate<float>(capacity, model.QueryLength);
        bool gatesApart = weights.Layers.Any(layer => layer.FeedForward is { Gate: not null, IsFused: false });
        bool hasBranch = model.ResidualScale != 1 || model.Architecture.HasPositionEmbedding || weights.Layers.Any(layer => layer.AttentionOutput.Norm is not null || layer.Experts?.SharedGate is not null);
        bool readsApart = model.IsParallel && weights.Layers.Any(layer => layer.FeedForwardNorm is not null);
        _all = new ActivationViews
        {
            Tokens = device.Allocate<int>(capacity),
            Residual = device.Allocate<float>(capacity, model.EmbeddingLength),
            Normed = device.Allocate<float>(capacity, model.EmbeddingLength),
            FeedForwardInput = readsApart ? device.Allocate<float>(capacity, model.EmbeddingLength) : default,
            Branch = hasBranch ? device.Allocate<float>(capacity, model.EmbeddingLength) : default,
            Projected = projected,
            QueryHeads = Heads(0, model.Heads),
            KeyHeads = Heads(model.QueryLength, model.KeyValueHeads),
            ValueHeads = Heads(model.Latent is null ? model.QueryLength + model.KeyValueLength : model.QueryLength, model.KeyValueHeads),
            Attended = attended,
            AttendedHeads = attended.Reshape(capacity, model.Heads, model.HeadDim),
            Gate = device.Allocate<float>(capacity, model.FeedForwardLength),
            Up = gatesApart ? device.Allocate<float>(capacity, model.FeedForwardLength) : default,
        };
        View2<float> gateUp = device.Allocate<float>(1, 2 * model.FeedForwardLength);
        One = _all.Take(1) with
        {
            GateUp = gateUp,
            Gate = gateUp.Slice(1, 0, model.FeedForwardLength),
            Up = gateUp.Slice(1, model.FeedForwardLength, model.FeedForwardLength),
        };

        View3<float> Heads(int first, int heads) => new(
            projected.Memory!, projected.ByteOffset + (first * sizeof(float)), (capacity, heads, model.HeadDim), (projected.Stride0, model.HeadDim));
    }

    /// <summary>Most tokens at once.</summary>
    public int Capacity { get; }

    /// <summary>The views of one token: made once, so that decoding makes none.</summary>
    public ActivationViews One { get; }

    /// <summary>The views of a number of tokens.</summary>
    public ActivationViews Take(int tokens) => tokens == 1 ? One : _all.Take(tokens);

    public void Dispose()
    {
        DeviceMemory?[] memories =
        [
            _all.Tokens.Memory, _all.Residual.Memory, _all.Normed.Memory, _all.Projected.Memory,
            _all.Attended.Memory, _all.Gate.Memory, _all.Up.Memory, One.GateUp.Memory, _all.FeedForwardInput.Memory, _all.Branch.Memory,
        ];
        foreach (DeviceMemory? memory in memories)
            memory?.Dispose();
    }
}
