using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>Memory that a model needs, in bytes.</summary>
/// <param name="Weights">Of the weights as the file has them. Where the device shares the host's memory they are the file's own pages, which the system can drop and read again.</param>
/// <param name="Cache">Of one sequence's keys and values.</param>
/// <param name="Activations">Of what is computed for a batch of prefill, with one row of logits.</param>
public sealed record ModelMemory(long Weights, long Cache, long Activations)
{
    /// <summary>All together.</summary>
    public long Total => Weights + Cache + Activations;

    /// <summary>What a model needs.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="model">Its configuration.</param>
    /// <param name="context">Positions of the sequence.</param>
    /// <param name="options">How it is opened.</param>
    public static ModelMemory Of(GgufFile file, ModelConfiguration model, int context, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ModelOptions();
        ElementInfo cache = options.Cache.ToElement();
        Int128 cached = (Int128)model.CachedPerPosition * KvBlockPool.BlockTokens * KvBlockPool.BlocksFor(context);
        Int128 batch = Math.Min(options.PrefillBatch, context);
        Int128 floats = batch * ((2L * model.EmbeddingLength) + (2L * model.QueryLength) + (2L * model.KeyValueLength) + model.FeedForwardLength);
        return new ModelMemory(
            file.Tensors.Sum(tensor => tensor.ByteLength), Bytes(cached / cache.BlockSize * cache.BlockBytes), Bytes(sizeof(float) * (floats + model.VocabularySize)));
    }

    // A file may say sizes that no machine has.
    private static long Bytes(Int128 bytes) => bytes > long.MaxValue / 4 ? long.MaxValue / 4 : (long)bytes;
}
