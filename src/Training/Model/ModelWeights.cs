using KernelFoundry.Inference.Models;

namespace KernelFoundry.Training.Model;

/// <summary>A model's weights and their gradients, as the launches take them.</summary>
/// <typeparam name="T">Element type of the weights the model computes with.</typeparam>
internal sealed class ModelWeights<T> : IDisposable
    where T : unmanaged
{
    // Parts of the rows that are summed apart for the gradient of a norm's gains: enough for many threads, few enough to be small.
    private const int NormPartials = 32;

    private readonly DeviceBuffers _buffers;

    /// <param name="device">Where they are.</param>
    /// <param name="model">The model.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="gradients">Their gradients; null where they stay as they are.</param>
    /// <param name="adapters">What is added to them; null for nothing.</param>
    public ModelWeights(Device device, ModelConfiguration model, ModelParameters<T> parameters, ParameterGradients? gradients, LoraAdapters<T>? adapters)
    {
        _buffers = new DeviceBuffers(device);
        View2<float> partials = _buffers.Take(NormPartials, model.EmbeddingLength);
        TensorNames names = model.Architecture.Tensors;
        ParameterTensor embedding = parameters.Layout[$"{names.TokenEmbedding}.weight"];
        Embedding = parameters.Matrix(embedding, embedding.Rows);
        EmbeddingGradient = gradients?.Matrix(embedding, embedding.Rows);
        Output = Linear(parameters.Layout.Has($"{names.Output}.weight") ? names.Output : names.TokenEmbedding);
        OutputNorm = Norm(names.OutputNorm);
        var layers = new TrainedLayer<T>[model.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            string Name(string pattern) => TensorNames.OfLayer(pattern, i);
            layers[i] = new TrainedLayer<T>(
                Norm(Name(names.AttentionNorm)),
                Linear(Name(names.Query), Name(names.Key), Name(names.Value)),
                Linear(Name(names.AttentionOutput)),
                Norm(Name(names.FeedForwardNorm)),
                Linear(Name(names.Gate), Name(names.Up)),
                Linear(Name(names.Down)));
        }

        Layers = layers;

        TrainedNorm Norm(string name)
        {
            ParameterTensor tensor = parameters.Layout[$"{name}.weight"];
            return new TrainedNorm(parameters.Vector(tensor), gradients?.Vector(tensor), model.NormEpsilon, partials);
        }

        TrainedLinear<T> Linear(params string[] neighbours)
        {
            ParameterTensor[] tensors = [.. neighbours.Select(name => parameters.Layout[$"{name}.weight"])];
            int rows = tensors.Sum(tensor => tensor.Rows);
            return new TrainedLinear<T>(parameters.Matrix(tensors[0], rows), gradients?.Matrix(tensors[0], rows), adapters?.Of(tensors) ?? []);
        }
    }

    /// <summary>[vocabulary, embedding].</summary>
    public View2<T> Embedding { get; }

    /// <summary>[vocabulary, embedding]; null where they stay as they are.</summary>
    public View2<float>? EmbeddingGradient { get; }

    /// <summary>[vocabulary, embedding]; the embeddings themselves where they are tied.</summary>
    public TrainedLinear<T> Output { get; }

    public TrainedNorm OutputNorm { get; }

    public IReadOnlyList<TrainedLayer<T>> Layers { get; }

    public void Dispose() => _buffers.Dispose();
}
