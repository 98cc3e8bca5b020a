using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <content>Caches, and steps of several sequences at once.</content>
public sealed partial class Transformer
{
    private readonly List<(int Index, int First)> _placed = [];
    private View2<float> _gathered;
    private View1<int> _gatheredRows;

    /// <summary>Most tokens of all sequences of a step: see <see cref="ModelOptions.PrefillBatch"/>.</summary>
    public int MostBatchTokens => _activations.Capacity;

    /// <summary>Makes an empty cache for one sequence, with memory of its own, which its forks share; the caller disposes of it.</summary>
    /// <param name="capacity">Most positions it will hold, at most the model's context length.</param>
    /// <returns>The cache.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not from 1 to the context length.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public KvCache CreateCache(int capacity)
    {
        CheckCapacity(capacity);
        return CreateCache(CreatePool(KvBlockPool.BlocksFor(capacity), grows: true), capacity);
    }

    /// <summary>Makes an empty cache for one sequence in a pool; the caller disposes of it.</summary>
    /// <param name="pool">The pool, of this model.</param>
    /// <param name="capacity">Most positions it will hold, at most the model's context length. It takes blocks as it grows.</param>
    /// <returns>The cache.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not from 1 to the context length.</exception>
    public KvCache CreateCache(KvBlockPool pool, int capacity)
    {
        ArgumentNullException.ThrowIfNull(pool);
        CheckCapacity(capacity);
        bool hasFixedPositions = _weights.PositionEmbedding is not null;
        return new KvCache(pool, capacity, hasFixedPositions ? null : layer => Configuration.IsRotated(layer) ? _rotary[layer, capacity] : null);
    }

    /// <summary>Makes room for the keys and values of several sequences; the caller disposes of it after their caches.</summary>
    /// <param name="blocks">Blocks of <see cref="KvBlockPool.BlockTokens"/> positions; their number does not change.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no blocks.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public KvBlockPool CreatePool(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blocks);
        return CreatePool(blocks, grows: false);
    }

    /// <summary>
    /// Runs the next tokens of several sequences through the model at once, so that every weight is read once for all of them. On CPU devices a sequence's
    /// logits have the same bits whatever else is in the batch and however its tokens are cut into steps; they are those of
    /// <see cref="Forward"/> too where <see cref="ModelOptions.BatchInvariant"/> is set, or the weights are Q8_0 or Q4_0.
    /// </summary>
    /// <param name="sequences">The sequences, of one pool; no cache twice.</param>
    /// <param name="logits">Receives the logits after the last token of each sequence that wants them, in their order, [sequences that want them, vocabulary].</param>
    /// <exception cref="ArgumentException">
    /// There are no sequences or more than <see cref="MostBatchTokens"/> tokens, a cache is there twice or of another pool, capacities ask for different
    /// rotary encodings, or the logits have another shape.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">A cache or the pool has not room for the tokens; no sequence is longer then.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder.</exception>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    public void ForwardBatch(IReadOnlyList<BatchSequence> sequences, View2<float> logits)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        CheckBatch(sequences, logits);
        lock (_running)
        {
            _plan.Clear();
            _placed.Clear();
            Place(sequences, isDecoding: true);
            Place(sequences, isDecoding: false);
            _plan.Upload();
            ActivationViews batch = _activations.Take(_plan.Tokens);
            foreach ((int index, int first) in _placed)
                batch.Tokens.Slice(first, sequences[index].Tokens.Length).CopyFrom(sequences[index].Tokens.Span);
            ProductOrder.Set(true);
            RunLayers(batch);
            if (logits.Extent0 > 0)
                ComputeLogits(sequences, batch, logits);
        }
    }

    /// <summary>Whether a sequence of a capacity is turned as shorter ones are not, so that the two share neither keys nor steps.</summary>
    internal bool IsExtended(int capacity) => _rotary.IsExtended(capacity);

    private void Place(IReadOnlyList<BatchSequence> sequences, bool isDecoding)
    {
        for (int i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Tokens.Length == 1 != isDecoding)
                continue;
            _placed.Add((i, _plan.Tokens));
            _plan.Add(sequences[i].Cache, sequences[i].Tokens.Length);
        }
    }

    // Where every row is wanted in its order, the rows lie as they are; else they are gathered.
    private void ComputeLogits(IReadOnlyList<BatchSequence> sequences, ActivationViews batch, View2<float> logits)
    {
        int count = logits.Extent0;
        if (_gathered.Memory is null)
        {
            _gathered = _device.Allocate<float>(_activations.Capacity, Configuration.EmbeddingLength);
            _gatheredRows = _device.Allocate<int>(_activations.Capacity);
        }

        var rows = new int[count];
        for (int i = 0, row = 0; i < sequences.Count; i++)
        {
            if (!sequences[i].WantsLogits)
                continue;
            foreach ((int index, int first) in _placed)
            {
                if (index == i)
                    rows[row++] = first + sequences[i].Tokens.Length - 1;
            }
        }

        View2<float> last = _gathered.Slice(0, 0, count);
        _gatheredRows.Slice(0, count).CopyFrom(rows);
        Embedding.EmbeddingLookup(_device, _gatheredRows.Slice(0, count), batch.Residual, last, 1);
        ComputeLogits(last, batch.Normed.Slice(0, 0, count), logits);
    }

    private void CheckBatch(IReadOnlyList<BatchSequence> sequences, View2<float> logits)
    {
        if (_weights.Logits is null)
            throw new NotSupportedException($"'{Configuration.Architecture.Name}' is an encoder, which gives no logits: Encode gives what it has.");
        long tokens = 0;
        int wanted = 0, blocks = 0;
        var caches = new HashSet<KvCache>();
        foreach (BatchSequence sequence in sequences)
        {
            CheckTokens(sequence.Tokens.Span, sequence.Cache);
            if (!caches.Add(sequence.Cache))
                throw new ArgumentException("A sequence is in the batch twice.", nameof(sequences));
            if (sequence.Cache.Pool != sequences[0].Cache.Pool || _rotary.IsExtended(sequence.Cache.Capacity) != _rotary.IsExtended(sequences[0].Cache.Capacity))
                throw new ArgumentException("Sequences of a batch must be in one pool, and their capacities all beyond the original context length or none.", nameof(sequences));
            tokens += sequence.Tokens.Length;
            wanted += sequence.WantsLogits ? 1 : 0;
            blocks += sequence.Cache.BlocksToTake(sequence.Tokens.Length);
        }

        if (tokens == 0 || tokens > MostBatchTokens)
            throw new ArgumentException($"A batch has 1 to {MostBatchTokens} tokens, but {tokens} were given.", nameof(sequences));
        if (!sequences[0].Cache.Pool.Has(blocks))
            throw new InvalidOperationException($"The batch needs {blocks} more blocks, and {sequences[0].Cache.Pool.FreeBlocks} are free.");
        if (logits.Extent0 != wanted || (wanted > 0 && logits.Extent1 != Configuration.VocabularySize))
            throw new ArgumentException($"The logits of {wanted} sequences have the shape [{wanted}, {Configuration.VocabularySize}], but the view is {logits}.", nameof(logits));
    }

    private void CheckCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Configuration.ContextLength);
    }

    private KvBlockPool CreatePool(int blocks, bool grows) => _options.Cache switch
    {
        CacheElement.Half => new FloatBlockPool<Half>(_device, Configuration, blocks, grows),
        CacheElement.BFloat16 => new FloatBlockPool<BFloat16>(_device, Configuration, blocks, grows),
        CacheElement.Q8_0 => new Q8BlockPool(_device, Configuration, blocks, grows),
        _ => new FloatBlockPool<float>(_device, Configuration, blocks, grows),
    };
}
