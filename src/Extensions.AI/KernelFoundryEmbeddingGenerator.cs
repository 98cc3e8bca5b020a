using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Models;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>A model as <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>: vectors of texts, of its hidden states. Requests take turns.</summary>
public sealed class KernelFoundryEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly LanguageModel _model;
    private readonly TextEmbedder _embedder;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator.</summary>
    /// <param name="model">The model; it must stay open as long as the generator, and is not disposed of with it.</param>
    /// <param name="pooling">How states become one vector; null for what the model's file says, or the mean.</param>
    public KernelFoundryEmbeddingGenerator(LanguageModel model, EmbeddingPooling? pooling = null)
    {
        _embedder = new TextEmbedder(model, pooling);
        _model = model;
        _metadata = new EmbeddingGeneratorMetadata("kernelfoundry", providerUri: null, Path.GetFileNameWithoutExtension(model.Name), _embedder.Length);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Of <see cref="EmbeddingGenerationOptions.Dimensions"/> elements the first are kept, for models trained so that they are an embedding by themselves (Kusupati et al.,
    /// "Matryoshka Representation Learning", 2022). What of a text is beyond the model's context is left out.
    /// </remarks>
    /// <exception cref="ArgumentException">A text has no tokens, or an option cannot be honoured; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        int dimensions = Dimensions(options);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Generate(values, dimensions, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : new object[] { this, _metadata, _model }.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Frees the memory of keys and values.</summary>
    public void Dispose()
    {
        _embedder.Dispose();
        _turn.Dispose();
    }

    private int Dimensions(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } id && id != _metadata.DefaultModelId)
            throw new ArgumentException($"{nameof(options.ModelId)} is '{id}', but the model is '{_metadata.DefaultModelId}'.", nameof(options));
        if (options?.AdditionalProperties is { Count: > 0 } more)
            throw new ArgumentException($"{nameof(options.AdditionalProperties)} has '{more.Keys.First()}', which means nothing here.", nameof(options));
        int dimensions = options?.Dimensions ?? _embedder.Length;
        return dimensions >= 1 && dimensions <= _embedder.Length
            ? dimensions
            : throw new ArgumentException($"{nameof(options.Dimensions)} is {dimensions}; the model's vectors have {_embedder.Length}, of which 1 to {_embedder.Length} can be kept.", nameof(options));
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(IEnumerable<string> values, int dimensions, CancellationToken cancellationToken)
    {
        var all = new GeneratedEmbeddings<Embedding<float>>();
        long count = 0;
        foreach (string value in values)
        {
            int[] tokens = _embedder.Tokens(value);
            if (tokens.Length == 0)
                throw new ArgumentException("A text without tokens has no embedding.", nameof(values));
            count += tokens.Length;
            all.Add(new Embedding<float>(Shortened(_embedder.Embed(tokens, cancellationToken), dimensions)) { ModelId = _metadata.DefaultModelId, CreatedAt = DateTimeOffset.UtcNow });
        }

        all.Usage = new UsageDetails { InputTokenCount = count, TotalTokenCount = count };
        return all;
    }

    private static float[] Shortened(float[] vector, int dimensions)
    {
        if (dimensions == vector.Length)
            return vector;
        double length = Math.Sqrt(vector.Take(dimensions).Sum(x => (double)x * x));
        return [.. vector.Take(dimensions).Select(x => (float)(length == 0 ? 0 : x / length))];
    }
}
