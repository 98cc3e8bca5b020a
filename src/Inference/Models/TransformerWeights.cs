using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>All weights of a model on a device: the mapped file itself on devices that share the host's memory, panels made of it where they are faster, a copy elsewhere.</summary>
internal sealed class TransformerWeights : IDisposable
{
    private readonly IReadOnlyList<DeviceMemory> _memories;

    private TransformerWeights(IReadOnlyList<DeviceMemory> memories) => _memories = memories;

    public required WeightMatrix TokenEmbedding { get; init; }

    /// <summary>A vector a position; null for none.</summary>
    public WeightMatrix? PositionEmbedding { get; init; }

    public required RotaryDivisors RotaryDivisors { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>Added to the embeddings, [embedding]; empty for none.</summary>
    public View1<float> FirstTextType { get; init; }

    /// <summary>Norm of the embeddings.</summary>
    public NormWeights? EmbeddingNorm { get; init; }

    public NormWeights? OutputNorm { get; init; }

    /// <summary>What makes logits of the last norm's output; null in encoders.</summary>
    public Projection? Logits { get; init; }

    /// <summary>Added to the logits, [vocabulary]; empty for none.</summary>
    public View1<float> LogitBias { get; init; }

    /// <summary>Checks every tensor and puts it on the device.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, left over, or of a wrong type or shape.</exception>
    public static TransformerWeights Load(GgufFile file, ModelConfiguration model, Device device, ModelOptions options)
    {
        using var loader = new WeightLoader(file, model, device, options);
        ModelArchitecture architecture = model.Architecture;
        TensorNames names = architecture.Tensors;
        bool isEncoder = architecture.Attention == AttentionKind.Bidirectional;
        bool tied = model.IsTied(file);

        // In the order of their use. Layers are found missing one by one: the number of them is the file's word alone.
        var layers = new List<LayerWeights>();
        for (int i = 0; i < model.Layers; i++)
            layers.Add(new LayerLoader(loader, model, i).Load());
        NormWeights? outputNorm = architecture.HasOutputNorm ? loader.Norm(names.OutputNorm, model.EmbeddingLength) : null;
        var (embedding, plain) = loader.Embeddings(names.TokenEmbedding, model.VocabularySize, model.EmbeddingLength, isMultiplied: tied);
        WeightMatrix? output = isEncoder ? null : tied ? loader.Adapted(names.Output, plain) : loader.Matrix(names.Output, model.VocabularySize, model.EmbeddingLength);
        View1<float> logitBias = loader.Bias(architecture.Biases.HasFlag(ProjectionBiases.Logits), (names.Output, model.VocabularySize));
        WeightMatrix? positions = architecture.HasPositionEmbedding
            ? loader.Matrix(names.PositionEmbedding, model.ContextLength, model.EmbeddingLength, isMultiplied: false)
            : null;
        int pairs = model.RotaryDims / 2;
        var divisors = new RotaryDivisors(
            loader.HostValues(names.RotaryDivisors + ".weight", pairs), loader.HostValues(names.ShortRotaryDivisors + ".weight", pairs),
            loader.HostValues(names.LongRotaryDivisors + ".weight", pairs));
        View1<float> firstTextType = architecture.HasTextTypes ? loader.FirstRow(names.TextTypes, model.EmbeddingLength) : default;
        NormWeights? embeddingNorm = architecture.HasTextTypes ? loader.Norm(names.EmbeddingNorm, model.EmbeddingLength) : null;
        loader.CheckAllUsed();
        return new TransformerWeights(loader.Take())
        {
            TokenEmbedding = embedding,
            PositionEmbedding = positions,
            RotaryDivisors = divisors,
            Layers = layers,
            OutputNorm = outputNorm,
            FirstTextType = firstTextType,
            EmbeddingNorm = embeddingNorm,
            Logits = output is null ? null : new Projection((output, 0)),
            LogitBias = logitBias,
        };
    }

    public void Dispose()
    {
        foreach (DeviceMemory memory in _memories)
            memory.Dispose();
    }
}
