using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>The sequences that run, step by step: every one that generates gets a token a step, and what room is left is shared evenly by the prompts. For one thread.</summary>
internal sealed class BatchScheduler(LanguageModel model, KvBlockPool pool, BatchOptions options) : IDisposable
{
    private readonly List<BatchRequest> _running = [];
    private readonly List<BatchSequence> _step = [];
    private readonly List<BatchRequest> _stepped = [];

    // Sequences that may become longer than the original context are turned otherwise: their keys are not those of others.
    private readonly Dictionary<bool, PrefixTree> _prefixes = new() { [false] = new PrefixTree(pool), [true] = new PrefixTree(pool) };
    private readonly int _stepTokens = options.StepTokens ?? model.Transformer.MostBatchTokens;
    private View2<float> _logits = model.Device.Allocate<float>(options.MaxSequences, model.Configuration.VocabularySize);
    private long _steps;
    private long _tokens;
    private int _turn;
    private int _count;
    private int _prefixBlocks;

    /// <summary>Sequences that run.</summary>
    public int Running => _running.Count;

    public bool Has(BatchRequest request) => _running.Contains(request);

    public BatchStatistics Statistics(int queued) => new(
        Volatile.Read(ref _count), queued, Interlocked.Read(ref _steps), Interlocked.Read(ref _tokens), pool.Blocks, pool.FreeBlocks, Volatile.Read(ref _prefixBlocks));

    /// <summary>Begins a request if there is room for all it may come to.</summary>
    public bool TryAdmit(BatchRequest request)
    {
        if (_running.Count == options.MaxSequences)
            return false;
        KvCache cache = model.Transformer.CreateCache(pool, request.Capacity);
        if (options.SharesPrefixes)
        {
            List<int> found = PrefixesOf(request).Find(request.Prompt, request.Prompt.Length - 1);
            cache.Share([.. found], found.Count * KvBlockPool.BlockTokens);
        }

        int wanted = KvBlockPool.BlocksFor(request.Capacity) - cache.Blocks.Length;
        int promised = _running.Sum(other => other.OutstandingBlocks);
        if (wanted + promised > pool.FreeBlocks + _prefixes.Values.Sum(tree => tree.Evictable))
        {
            cache.Dispose();
            return false;
        }

        _running.Add(request);
        Guard(request, () => request.Begin(cache));
        Leave();
        return true;
    }

    /// <summary>One step of all sequences.</summary>
    public void Step()
    {
        foreach (BatchRequest request in _running)
        {
            if (request.IsCancelled)
                request.Finish(FinishReason.Cancelled);
        }

        Leave();
        if (_running.Count == 0)
            return;
        try
        {
            Plan();
            int wanted = _step.Count(sequence => sequence.WantsLogits);
            View2<float> logits = wanted > 0 ? _logits.Slice(0, 0, wanted) : default;
            model.Transformer.ForwardBatch(_step, logits);
            model.Device.Synchronize();
        }
        catch (Exception error)
        {
            FailAll(error);
            return;
        }

        Choose();
        Leave();
        Interlocked.Increment(ref _steps);
        Volatile.Write(ref _prefixBlocks, _prefixes.Values.Sum(tree => tree.Blocks));
    }

    /// <summary>Ends all sequences with an error.</summary>
    public void FailAll(Exception error)
    {
        foreach (BatchRequest request in _running)
            request.Fail(error);
        Leave();
    }

    public void Dispose()
    {
        foreach (PrefixTree tree in _prefixes.Values)
            tree.Clear();
        _logits.Memory!.Dispose();
    }

    // Who comes first among the prompts changes with every step.
    private void Plan()
    {
        _step.Clear();
        _stepped.Clear();
        bool isExtended = IsExtended(_running[_turn++ % _running.Count]);
        int room = _stepTokens, blocks = 0;
        foreach (BatchRequest request in _running.Where(request => request.IsDecoding && IsExtended(request) == isExtended))
            Add(request, 1);
        BatchRequest[] prompts = [.. _running.Where(request => !request.IsDecoding && IsExtended(request) == isExtended)];
        for (int i = 0; i < prompts.Length && room > 0; i++)
        {
            int share = (room + prompts.Length - i - 1) / (prompts.Length - i);
            Add(prompts[(i + _turn) % prompts.Length], share);
        }

        if (pool.FreeBlocks < blocks)
        {
            foreach (PrefixTree tree in _prefixes.Values)
                tree.Evict(blocks - pool.FreeBlocks);
        }

        void Add(BatchRequest request, int most)
        {
            ReadOnlyMemory<int> pending = request.Pending;
            int count = Math.Min(pending.Length, most);
            _step.Add(new BatchSequence(request.Cache, pending[..count], WantsLogits: count == pending.Length));
            _stepped.Add(request);
            room -= count;
            blocks += request.Cache.BlocksToTake(count);
            Interlocked.Add(ref _tokens, count);
        }
    }

    private void Choose()
    {
        int row = 0;
        for (int i = 0; i < _step.Count; i++)
        {
            BatchRequest request = _stepped[i];
            Guard(request, () => request.Report(request.Cache.Length));
            if (!_step[i].WantsLogits)
                continue;
            View1<float> logits = _logits.Row(row++);
            bool isPrompt = request.Cache.Length == request.Prompt.Length;
            Guard(request, () => request.Choose(logits));
            if (isPrompt)
                Keep(request);
        }
    }

    // One sequence's error is its own.
    private static void Guard(BatchRequest request, Action action)
    {
        try
        {
            if (!request.IsFinished)
                action();
        }
        catch (Exception error)
        {
            request.Fail(error);
        }
    }

    private void Leave()
    {
        foreach (BatchRequest request in _running.Where(request => request.IsFinished))
        {
            Keep(request);
            request.Dispose();
        }

        _running.RemoveAll(request => request.IsFinished);
        Volatile.Write(ref _count, _running.Count);
    }

    private void Keep(BatchRequest request)
    {
        if (options.SharesPrefixes && request.HasCache)
            PrefixesOf(request).Add(request.Held, request.Cache.Blocks);
    }

    private PrefixTree PrefixesOf(BatchRequest request) => _prefixes[IsExtended(request)];

    private bool IsExtended(BatchRequest request) => model.Transformer.IsExtended(request.Capacity);
}
