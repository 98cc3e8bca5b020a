using System.Runtime.CompilerServices;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>
/// Generates for many requests at once (Yu et al., "Orca: A distributed serving system for transformer-based generative models", 2022, section 3.1): sequences
/// join and leave at every step, a step's tokens go through the model together, and every weight is read once for all of them. Long prompts go through in
/// pieces between the others' tokens (Agrawal et al., "Sarathi-Serve", 2024). A request begins when blocks for all it may come to are sure, in the order of
/// asking, so that none ends for want of memory. A request gets the tokens it gets alone: see <see cref="Transformer.ForwardBatch"/>.
/// </summary>
public sealed class BatchEngine : IDisposable
{
    private readonly LanguageModel _model;
    private readonly TextGenerator _generator;
    private readonly BatchOptions _options;
    private readonly KvBlockPool _pool;
    private readonly BatchScheduler _scheduler;
    private readonly Queue<BatchRequest> _queue = [];
    private readonly SemaphoreSlim _room;
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <summary>Starts an engine; the caller disposes of it before the model.</summary>
    /// <param name="model">The model; others may use it at the same time.</param>
    /// <param name="options">How it is shared.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder.</exception>
    /// <exception cref="DeviceException">The device has not enough memory for the cache.</exception>
    public BatchEngine(LanguageModel model, BatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = options ?? new BatchOptions();
        Transformer transformer = model.Transformer;
        _options.Validate(transformer.MostBatchTokens);
        if (model.Configuration.Architecture.Attention == AttentionKind.Bidirectional)
            throw new NotSupportedException($"'{model.Configuration.Architecture.Name}' is an encoder, which generates nothing.");
        _generator = new TextGenerator(model);
        long positions = _options.CachePositions ?? (long)_options.MaxSequences * Math.Min(2048, model.Configuration.ContextLength);
        _pool = transformer.CreatePool(KvBlockPool.BlocksFor((int)Math.Min(positions, int.MaxValue - KvBlockPool.BlockTokens)));
        _scheduler = new BatchScheduler(model, _pool, _options);
        _room = new SemaphoreSlim(_options.MaxQueued);
        _thread = new Thread(Run) { IsBackground = true, Name = "KernelFoundry batches" };
        _thread.Start();
    }

    /// <summary>What it is doing.</summary>
    public BatchStatistics Statistics
    {
        get
        {
            int queued;
            lock (_queue)
                queued = _queue.Count;
            return _scheduler.Statistics(queued);
        }
    }

    /// <summary>Continues a text.</summary>
    /// <inheritdoc cref="GenerateAsync(int[], GenerationOptions?, CancellationToken)"/>
    /// <param name="prompt">The text; see <see cref="TextGenerator.Encode"/>.</param>
    /// <param name="options">How tokens are chosen and when generation ends.</param>
    /// <param name="cancellationToken">Ends the generation between steps; the last chunk then says <see cref="FinishReason.Cancelled"/>.</param>
    public IAsyncEnumerable<GenerationChunk> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        GenerateAsync(_generator.Encode(prompt), options, cancellationToken);

    /// <summary>Continues a sequence of tokens. The request joins when the result is first enumerated; whoever stops reading keeps nobody waiting, and whoever stops enumerating leaves.</summary>
    /// <param name="promptTokens">The token ids, at least one. Nothing is added to them.</param>
    /// <param name="options">How tokens are chosen and when generation ends: neither speculation nor a prompt cache, which batches have of their own.</param>
    /// <param name="cancellationToken">Ends the generation between steps; the last chunk then says <see cref="FinishReason.Cancelled"/>.</param>
    /// <returns>A chunk for every token and one last chunk.</returns>
    /// <exception cref="ArgumentException">An option is out of range or of no use here, or the request could need more positions than the cache has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    /// <exception cref="BatchQueueFullException">While enumerated: the queue is full, and <see cref="BatchOptions.WaitsForQueue"/> is not set.</exception>
    /// <exception cref="ObjectDisposedException">While enumerated: the engine has been disposed of.</exception>
    /// <exception cref="InvalidModelException">While enumerated: the logits are not finite numbers.</exception>
    /// <exception cref="DeviceException">While enumerated: a kernel failed.</exception>
    public IAsyncEnumerable<GenerationChunk> GenerateAsync(int[] promptTokens, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(promptTokens);
        options ??= new GenerationOptions();
        if (options.Speculation is not null || options.PromptCache is not null)
            throw new ArgumentException($"{nameof(GenerationOptions)}.{(options.Speculation is null ? nameof(options.PromptCache) : nameof(options.Speculation))} is of no use in a batch; leave it null.", nameof(options));
        int[] prompt = _generator.Check(promptTokens, options);
        long capacity = Math.Min((long)prompt.Length + options.MaxTokens, _model.Configuration.ContextLength);
        if (KvBlockPool.BlocksFor((int)capacity) > _pool.Blocks)
        {
            throw new ArgumentException($"A prompt of {prompt.Length} tokens and {options.MaxTokens} more may need {KvBlockPool.BlocksFor((int)capacity)} blocks of "
                + $"{KvBlockPool.BlockTokens} positions, but the cache has {_pool.Blocks}: ask for fewer {nameof(options.MaxTokens)}, or raise {nameof(BatchOptions)}.{nameof(BatchOptions.CachePositions)}.", nameof(options));
        }

        return StreamAsync(prompt, options, cancellationToken);
    }

    /// <summary>Stops; requests that run or wait end with <see cref="ObjectDisposedException"/>. Frees the cache.</summary>
    public void Dispose()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        _work.Release();
        _thread.Join();
        _scheduler.Dispose();
        _pool.Dispose();
    }

    private async IAsyncEnumerable<GenerationChunk> StreamAsync(
        int[] prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isStopping, this);
        var request = new BatchRequest(_model, prompt, options, cancellationToken);
        if (!await _room.WaitAsync(_options.WaitsForQueue ? Timeout.Infinite : 0, CancellationToken.None).ConfigureAwait(false))
            throw new BatchQueueFullException($"As many as {nameof(BatchOptions)}.{nameof(BatchOptions.MaxQueued)}, {_options.MaxQueued}, requests wait already.");
        lock (_queue)
            _queue.Enqueue(request);
        _work.Release();
        try
        {
            await foreach (GenerationChunk chunk in request.Chunks.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return chunk;
        }
        finally
        {
            request.Abandon();
        }
    }

    private void Run()
    {
        while (!_isStopping)
        {
            if (!Admit() && _scheduler.Running == 0)
            {
                _work.Wait();
                continue;
            }

            _scheduler.Step();
        }

        var gone = new ObjectDisposedException(nameof(BatchEngine));
        _scheduler.FailAll(gone);
        lock (_queue)
        {
            foreach (BatchRequest request in _queue)
                request.Fail(gone);
        }
    }

    // In the order of asking: one that does not fit yet is not passed by smaller ones, which would let it wait for ever.
    private bool Admit()
    {
        bool any = false;
        while (true)
        {
            BatchRequest? next;
            lock (_queue)
                _queue.TryPeek(out next);
            if (next is null || (!next.IsCancelled && !_scheduler.TryAdmit(next)))
                return any;
            lock (_queue)
                _queue.Dequeue();
            _room.Release();
            any = true;
            if (next.IsCancelled && !_scheduler.Has(next))
                next.Finish(FinishReason.Cancelled);
        }
    }
}
