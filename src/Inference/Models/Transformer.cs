using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// A transformer (Vaswani et al., "Attention Is All You Need", 2017) with the choices its
/// <see cref="ModelArchitecture"/> names. Its weights serve any number of sequences; each has a <see cref="KvCache"/> of its own. Calls from several threads take turns.
/// </summary>
public sealed partial class Transformer : IDisposable
{
    private readonly Lock _running = new();
    private readonly Device _device;
    private readonly ModelOptions _options;
    private readonly TransformerWeights _weights;
    private readonly RotaryTable _rotary;
    private readonly Activations _activations;
    private readonly ExpertActivations? _experts;
    private readonly LatentActivations? _latent;
    private readonly LaunchGraph _decoding;
    private readonly SplitRoom _splits;
    private readonly BatchPlan _plan;

    // Where only some elements of a head are turned, the factor of the scores cannot be their magnitude.
    private readonly bool _scalesTurned;

    /// <summary>Puts a model's weights on a device.</summary>
    /// <param name="file">The model; it must stay open as long as the transformer.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="device">The device; not disposed of with the transformer.</param>
    /// <param name="options">How the model is opened.</param>
    /// <exception cref="InvalidModelException">A tensor is missing, left over, or of a wrong type or shape.</exception>
    /// <exception cref="NotSupportedException">The options' cache cannot hold heads of the model's head dim.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public Transformer(GgufFile file, ModelConfiguration configuration, Device device, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(device);
        _options = options ?? new ModelOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.PrefillBatch, nameof(options));
        _options.Cache.Require(configuration);
        _device = device;
        Configuration = configuration;
        _scalesTurned = configuration.RotaryDims != configuration.HeadDim && configuration.TurnedMagnitude != 1;
        _weights = TransformerWeights.Load(file, configuration, device, _options);
        try
        {
            _rotary = new RotaryTable(device, configuration, _weights.RotaryDivisors);
            _activations = new Activations(device, configuration, _weights, Math.Min(IsEncoder ? LongestEncoded : _options.PrefillBatch, configuration.ContextLength));
            if (configuration.Latent is { } latent)
                _latent = new LatentActivations(device, configuration, latent, _activations.Capacity);
            if (configuration.Experts is { } experts)
                _experts = new ExpertActivations(device, configuration, experts, _activations.Capacity);
            _splits = new SplitRoom(device, configuration.Heads, configuration.HeadDim);
            _plan = new BatchPlan(device, _splits);
            _decoding = device.CreateGraph();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Sizes and constants of the model.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => _device;

    /// <summary>
    /// Runs tokens through the model, after those that are in the cache. Several go through in batches (prefill); one alone (decode)
    /// allocates nothing on the managed heap once kernels have been used before, on Cpu devices.
    /// </summary>
    /// <param name="tokens">Ids of the tokens; at least one.</param>
    /// <param name="cache">The sequence so far; takes the tokens' keys and values.</param>
    /// <param name="logits">
    /// Receives the logits of the last tokens, as many as it has rows, [rows, vocabulary]: one row predicts the token that comes next.
    /// An empty view wants none.
    /// </param>
    /// <param name="progress">Told, after each batch, how many of the tokens have been through.</param>
    /// <param name="cancellationToken">
    /// Looked at before each batch. A cancelled call leaves the batches before in the cache.
    /// </param>
    /// <exception cref="ArgumentException">There are no tokens, or the logits have another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The cache has not room for the tokens; it is left as it was.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder, which gives no logits.</exception>
    public void Forward(
        ReadOnlySpan<int> tokens,
        KvCache cache,
        View2<float> logits,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        CheckArguments(tokens, cache, logits);
        lock (_running)
        {
            int firstLogits = tokens.Length - logits.Extent0;
            for (int first = 0; first < tokens.Length; first += _activations.Capacity)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(_activations.Capacity, tokens.Length - first);
                ActivationViews batch = _activations.Take(count);
                batch.Tokens.CopyFrom(tokens.Slice(first, count));
                int skipped = Math.Max(firstLogits - first, 0);
                View2<float> rows = skipped < count ? logits.Slice(0, first + skipped - firstLogits, count - skipped) : default;

                // A step of decoding is the same launches again and again, on positions that grow; but those of experts are of each token's own, and hooks read what launches wrote.
                _plan.Set(cache, count);
                if (count == 1 && _experts is null && _hooks is null)
                    _decoding.Run((transformer: this, batch, skipped, rows), static a => a.transformer.Run(a.batch, a.skipped, a.rows));
                else
                    Run(batch, skipped, rows);
                progress?.Report(first + count);
            }
        }
    }

    /// <summary>Most nodes of a tree that go through the model at once.</summary>
    public int MostTreeNodes => _activations.Capacity;

    /// <summary>
    /// Runs a tree of tokens through the model in one pass, after the tokens that are in the cache: each node sees them, the nodes above it, and
    /// itself, at the position its depth gives it. The cache keeps none of them until <see cref="KvCache.CommitPath"/>.
    /// </summary>
    /// <param name="tree">The tree, in depth-first order.</param>
    /// <param name="cache">The sequence before the root.</param>
    /// <param name="logits">Receives the logits after each node, [nodes, vocabulary].</param>
    /// <exception cref="ArgumentException">The tree is in another order or too large, or the logits have another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The cache has not room for the nodes; it is left as it was.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder, which gives no logits.</exception>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    public void ForwardTree(TokenTree tree, KvCache cache, View2<float> logits)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(cache);
        if (tree.Count > MostTreeNodes || !tree.IsDepthFirst())
            throw new ArgumentException($"The tree has {tree.Count} nodes; it must be in depth-first order and have at most {MostTreeNodes}.", nameof(tree));
        Span<int> tokens = tree.Count <= 256 ? stackalloc int[tree.Count] : new int[tree.Count];
        tree.CopyTokens(tokens);
        CheckArguments(tokens, cache, logits);
        if (logits.Extent0 != tree.Count)
            throw new ArgumentException($"There are {tree.Count} nodes, but {logits.Extent0} rows of logits.", nameof(logits));
        int length = cache.Length;
        lock (_running)
        {
            try
            {
                // A root alone is a token as any other.
                if (tree.Count == 1)
                {
                    Forward(tokens, cache, logits);
                    return;
                }

                _plan.Set(cache, tree);
                ActivationViews batch = _activations.Take(tree.Count);
                batch.Tokens.CopyFrom(tokens);
                Run(batch, 0, logits);
            }
            finally
            {
                cache.EndTree(tree, length);
            }
        }
    }

    /// <summary>Frees the weights and activations.</summary>
    public void Dispose()
    {
        _decoding?.Dispose();
        _plan?.Dispose();
        _splits?.Dispose();
        _gathered.Memory?.Dispose();
        _gatheredRows.Memory?.Dispose();
        _weights.Dispose();
        _rotary?.Dispose();
        _activations?.Dispose();
        _experts?.Dispose();
        _latent?.Dispose();
    }

    private void CheckArguments(ReadOnlySpan<int> tokens, KvCache cache, View2<float> logits)
    {
        if (_weights.Logits is null)
            throw new NotSupportedException($"'{Configuration.Architecture.Name}' is an encoder, which gives no logits: Encode gives what it has.");
        CheckTokens(tokens, cache);
        if (logits.Extent0 > tokens.Length || (logits.Extent0 > 0 && logits.Extent1 != Configuration.VocabularySize))
        {
            throw new ArgumentException($"Logits of {tokens.Length} tokens have the shape [0 to {tokens.Length}, "
                + $"{Configuration.VocabularySize}], but the view is {logits}.", nameof(logits));
        }
    }

    private void CheckTokens(ReadOnlySpan<int> tokens, KvCache cache)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("There are no tokens to run.", nameof(tokens));
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)Configuration.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(tokens), tokens[i],
                    $"Token {i} of {tokens.Length} is not in the vocabulary, whose ids run from 0 to {Configuration.VocabularySize - 1}.");
            }
        }

        if (tokens.Length > cache.Capacity - cache.Length)
        {
            throw new InvalidOperationException($"The KV cache holds {cache.Length} of {cache.Capacity} positions and has no room for "
                + $"{tokens.Length} more tokens.");
        }

        if (cache.BlocksToTake(tokens.Length) is var blocks && blocks > 0 && !cache.Pool.Has(blocks))
            throw new InvalidOperationException($"The KV cache's pool has {cache.Pool.FreeBlocks} free blocks, and {tokens.Length} more tokens need {blocks}.");
    }
}
