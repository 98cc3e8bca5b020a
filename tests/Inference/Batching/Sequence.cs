using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Batching;

/// <summary>A sequence in a pool, and what has been done to it, so that it can be done again on a cache of its own.</summary>
internal sealed class Sequence(LanguageModel model, KvCache cache, IReadOnlyList<Action<KvCache>> history) : IDisposable
{
    private readonly List<Action<KvCache>> _history = [.. history];

    public KvCache Cache { get; } = cache;

    public IReadOnlyList<Action<KvCache>> History => _history;

    public Sequence Fork() => new(model, Cache.Fork(), _history);

    public void Do(Action<KvCache> change)
    {
        change(Cache);
        _history.Add(change);
    }

    /// <summary>Notes what a batch has done: the tokens, which alone go through one by one.</summary>
    public void Ran(int[] tokens) => _history.Add(cache =>
    {
        foreach (int token in tokens)
            model.Transformer.Forward([token], cache, default);
    });

    /// <summary>The logits of the next tokens' last one, of a sequence alone that has had the same history.</summary>
    public float[] Alone(int[] tokens)
    {
        using KvCache alone = model.Transformer.CreateCache(Cache.Capacity);
        foreach (Action<KvCache> change in _history)
            change(alone);
        View2<float> logits = model.Device.Allocate<float>(1, model.Configuration.VocabularySize);
        model.Transformer.Forward(tokens, alone, logits);
        float[] result = logits.ToArray();
        logits.Memory!.Dispose();
        return result;
    }

    /// <summary>All bytes of its keys and values.</summary>
    public byte[] Bytes()
    {
        var bytes = new List<byte>();
        Cache.ForEachPart(Cache.Length, (memory, offset, part) =>
        {
            memory.Read(offset, part);
            bytes.AddRange(part);
        });
        return [.. bytes];
    }

    public void Dispose() => Cache.Dispose();
}
