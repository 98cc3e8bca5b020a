using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;

namespace KernelFoundry.Inference.Tests.Batching;

/// <summary>Drawn schedules of joins, leaves, steps, forks, rollbacks and evictions in one small pool: each sequence's logits are bit for bit those it gets alone, and nothing done to one changes another.</summary>
public sealed class ScheduleTests
{
    private const int Capacity = 380;

    public static TheoryData<string, GgmlType, CacheElement> Models => new()
    {
        { "foundry", GgmlType.F16, CacheElement.Float },
        { "llama", GgmlType.Q8_0, CacheElement.Half },
        { "llama", GgmlType.Q4_K, CacheElement.Q8_0 },
        { "llama, sliding window (Mistral)", GgmlType.F32, CacheElement.Float },
        { "gpt-oss", GgmlType.F32, CacheElement.Float },
        { "qwen3moe", GgmlType.F32, CacheElement.BFloat16 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void EverySequenceIsAsAlone(string name, GgmlType type, CacheElement element)
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = Open(name, type, element, device);
        using KvBlockPool pool = model.Transformer.CreatePool(25);
        var sequences = new List<Sequence>();
        int compared = 0;
        for (int step = 0; step < 60; step++)
        {
            if (sequences.Count < 2 || random.Next(6) == 0)
                sequences.Add(new Sequence(model, model.Transformer.CreateCache(pool, Capacity), []));
            Change(sequences, random);
            compared += Step(model, sequences, random, $"seed {seed}, {name}, step {step}");
        }

        foreach (Sequence sequence in sequences)
            sequence.Dispose();
        Assert.Equal(pool.Blocks, pool.FreeBlocks);
        Assert.True(compared > 60, $"{compared} compared");
    }

    // Something happens to one sequence; the others' bytes stay as they are.
    private static void Change(List<Sequence> sequences, Random random)
    {
        int index = random.Next(sequences.Count);
        Sequence chosen = sequences[index];
        byte[][] before = [.. sequences.Select(sequence => sequence.Bytes())];
        int length = chosen.Cache.Length;
        switch (random.Next(7))
        {
            case 0:
                sequences.Add(chosen.Fork());
                break;
            case 1:
                int kept = random.Next(length + 1);
                chosen.Do(cache => cache.Rollback(kept));
                break;
            case 2:
                int sinks = random.Next(80), window = random.Next(120);
                try
                {
                    chosen.Do(cache => cache.Evict(sinks, window));
                }
                catch (InvalidOperationException) when (chosen.Cache.Length == length)
                {
                    // No free blocks for what others hold too.
                }

                break;
            case 3 when sequences.Count > 2:
                chosen.Dispose();
                sequences.RemoveAt(index);
                before = [.. before.Where((_, i) => i != index)];
                chosen = null!;
                break;
        }

        for (int i = 0; i < before.Length; i++)
            Assert.True(sequences[i] == chosen || sequences[i].Bytes().AsSpan().SequenceEqual(before[i]), $"sequence {i} was changed");
    }

    private static int Step(LanguageModel model, List<Sequence> sequences, Random random, string what)
    {
        var batch = new List<BatchSequence>();
        var chosen = new List<(Sequence Sequence, int[] Tokens)>();
        foreach (Sequence sequence in sequences.Where(_ => random.Next(3) > 0))
        {
            int count = Math.Min(random.Next(3) == 0 ? random.Next(1, 120) : 1, Capacity - sequence.Cache.Length);
            if (count == 0)
                continue;
            int[] tokens = [.. Enumerable.Range(0, count).Select(_ => random.Next(model.Configuration.VocabularySize))];
            chosen.Add((sequence, tokens));
            batch.Add(new BatchSequence(sequence.Cache, tokens, WantsLogits: random.Next(4) > 0));
        }

        if (batch.Count == 0 || batch.Sum(sequence => sequence.Tokens.Length) > model.Transformer.MostBatchTokens)
            return 0;
        int wanted = batch.Count(sequence => sequence.WantsLogits), vocabulary = model.Configuration.VocabularySize;
        View2<float> logits = model.Device.Allocate<float>(Math.Max(wanted, 1), vocabulary);
        int[] lengths = [.. sequences.Select(sequence => sequence.Cache.Length)];
        try
        {
            model.Transformer.ForwardBatch(batch, wanted == 0 ? default : logits);
        }
        catch (InvalidOperationException)
        {
            // The pool is full: nothing has changed, and somebody has to leave.
            Assert.Equal(lengths, sequences.Select(sequence => sequence.Cache.Length));
            sequences[0].Dispose();
            sequences.RemoveAt(0);
            return 0;
        }

        float[][] rows = [.. logits.ToArray().Chunk(vocabulary)];
        logits.Memory!.Dispose();
        int row = 0;
        for (int i = 0; i < chosen.Count; i++)
        {
            if (batch[i].WantsLogits)
                Assert.True(rows[row++].AsSpan().SequenceEqual(chosen[i].Sequence.Alone(chosen[i].Tokens)), $"{what}: sequence {i} of {chosen.Count}, {chosen[i].Tokens.Length} tokens");
            chosen[i].Sequence.Ran(chosen[i].Tokens);
        }

        return wanted;
    }

    internal static LanguageModel Open(string name, GgmlType type, CacheElement element, Device device)
    {
        var options = new ModelOptions { Cache = element, BatchInvariant = true };
        if (name == "foundry")
            return LanguageModel.Open(FoundryFiles.Require("foundry-0.3m-F16.gguf"), device, options);
        Definition definition = Definitions.All[name] with { Context = 400 };
        if (type != GgmlType.F32)
            definition = definition with { Embedding = 512, HeadDim = 64, RotaryDims = 64, FeedForward = 768 };
        return LanguageModel.Open(new GgufFile(new DrawnModel(definition, type).Build(), name), device, options);
    }
}
