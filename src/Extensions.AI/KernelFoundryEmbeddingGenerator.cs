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
    /// <param name="options">How vectors are made, where a request says nothing else.</param>
    /// <exception cref="ArgumentException">The options cannot be honoured.</exception>
    public KernelFoundryEmbeddingGenerator(LanguageModel model, EmbeddingOptions? options = null)
    {
        _embedder = new TextEmbedder(model, options);
        _model = model;
        _metadata = new EmbeddingGeneratorMetadata("kernelfoundry", providerUri: null, Path.GetFileNameWithoutExtension(model.Name), _embedder.Dimensions);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text has no tokens or too many, or an option cannot be honoured; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        TextEmbedder embedder = EmbedderFor(options);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Generate(embedder, values, cancellationToken), cancellationToken).ConfigureAwait(false);
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

    /// <summary>Frees what waits for turns.</summary>
    public void Dispose() => _turn.Dispose();

    private TextEmbedder EmbedderFor(EmbeddingGenerationOptions? options)
    {
        if (options is null)
            return _embedder;
        if (options.ModelId is { } id && id != _metadata.DefaultModelId)
            throw new ArgumentException($"{nameof(options.ModelId)} is '{id}', but the model is '{_metadata.DefaultModelId}'.", nameof(options));
        if (options.AdditionalProperties is { Count: > 0 } more)
            throw new ArgumentException($"{nameof(options.AdditionalProperties)} has '{more.Keys.First()}', which means nothing here.", nameof(options));
        return options.Dimensions is { } dimensions && dimensions != _embedder.Dimensions
            ? new TextEmbedder(_model, _embedder.Options with { Dimensions = dimensions })
            : _embedder;
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(TextEmbedder embedder, IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var all = new GeneratedEmbeddings<Embedding<float>>();
        long count = 0;
        foreach (string value in values)
        {
            int[] tokens = embedder.Encode(value);
            count += tokens.Length;
            all.Add(new Embedding<float>(embedder.Embed(tokens, cancellationToken)) { ModelId = _metadata.DefaultModelId, CreatedAt = DateTimeOffset.UtcNow });
        }

        all.Usage = new UsageDetails { InputTokenCount = count, TotalTokenCount = count };
        return all;
    }
}
