using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>All weights of a model on a device: the mapped file itself on devices that share the host's memory, panels made of it where they are faster, a copy elsewhere.</summary>
internal sealed class TransformerWeights : IDisposable
{
    private readonly IReadOnlyList<DeviceMemory> _memories;

    private TransformerWeights(IReadOnlyList<DeviceMemory> memories) => _memories = memories;

    public required WeightMatrix TokenEmbedding { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    public required NormWeights OutputNorm { get; init; }

    /// <summary>What makes logits of the last norm's output.</summary>
    public required Projection Logits { get; init; }

    /// <summary>Checks every tensor and puts it on the device.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, left over, or of a wrong type or shape.</exception>
    public static TransformerWeights Load(GgufFile file, ModelConfiguration model, Device device, ModelOptions options)
    {
        using var loader = new WeightLoader(file, model, device, options);
        TensorNames names = model.Architecture.Tensors;
        bool tied = model.Architecture.AllowsTiedOutput && !loader.Has(names.Output);
        // In the order of their use. Layers are found missing one by one: the number of them is the file's word alone.
        var layers = new List<LayerWeights>();
        for (int i = 0; i < model.Layers; i++)
            layers.Add(LoadLayer(loader, model, i));
        NormWeights outputNorm = loader.Norm(names.OutputNorm);
        WeightMatrix embedding = loader.Matrix(names.TokenEmbedding, model.VocabularySize, model.EmbeddingLength, isMultiplied: tied);
        WeightMatrix output = tied ? embedding : loader.Matrix(names.Output, model.VocabularySize, model.EmbeddingLength);
        loader.CheckAllUsed();
        return new TransformerWeights(loader.Take())
        {
            TokenEmbedding = embedding,
            Layers = layers,
            OutputNorm = outputNorm,
            Logits = new Projection((output, 0)),
        };
    }

    public void Dispose()
    {
        foreach (DeviceMemory memory in _memories)
            memory.Dispose();
    }

    private static LayerWeights LoadLayer(WeightLoader loader, ModelConfiguration model, int layer)
    {
        TensorNames names = model.Architecture.Tensors;
        int embedding = model.EmbeddingLength, feedForward = model.FeedForwardLength;
        // In the order of their use, which is the order in which they lie in memory.
        NormWeights attentionNorm = loader.Norm(Name(names.AttentionNorm));
        Projection attention = loader.Projection(
            embedding, (Name(names.Query), model.QueryLength), (Name(names.Key), model.KeyValueLength), (Name(names.Value), model.KeyValueLength));
        WeightMatrix attentionOutput = loader.Matrix(Name(names.AttentionOutput), embedding, model.QueryLength);
        NormWeights feedForwardNorm = loader.Norm(Name(names.FeedForwardNorm));
        Projection gateUp = loader.Projection(embedding, (Name(names.Gate), feedForward), (Name(names.Up), feedForward));
        return new LayerWeights
        {
            AttentionNorm = attentionNorm,
            Attention = attention,
            AttentionOutput = attentionOutput,
            FeedForwardNorm = feedForwardNorm,
            GateUp = gateUp,
            Gate = gateUp.Slice(0, feedForward),
            Up = gateUp.Slice(feedForward, feedForward),
            Down = loader.Matrix(Name(names.Down), embedding, feedForward),
        };

        string Name(string pattern) => TensorNames.OfLayer(pattern, layer);
    }
}
