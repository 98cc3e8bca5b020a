using System.Runtime.InteropServices;
using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training.Tests;

public sealed class LoraTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelfoundry-lora-").FullName;
    private readonly Device _device = Tiny.Cpu();

    private static TrainingOptions Options => Tiny.Options with { Model = null, Lora = new LoraOptions { Rank = 4, Alpha = 8, Targets = LoraOptions.AllTargets } };

    private string BasePath => Path.Combine(_folder, "base.gguf");

    [Theory]
    [InlineData(TrainingPrecision.Single)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void OnlyTheAdapterChangesAndTheLossFalls(TrainingPrecision precision)
    {
        using GgufFile file = WriteBase();
        TokenizedDocuments document = TokenizedDocuments.FromTokens([Tiny.Documents[0].ToArray()]);
        using Trainer trainer = Trainer.Continue(
            _device, Options with { Precision = precision, Steps = 60, Schedule = new ConstantSchedule { Peak = 1e-2 } }, document, file);
        double before = trainer.MeasureLoss(document);
        float[] first = trainer.Engine.Weights();
        for (int i = 0; i < 60; i++)
            trainer.Learn();

        double after = trainer.MeasureLoss(document);
        Assert.True(after < before - 0.2, $"{before} and then {after}");
        Assert.All(trainer.Engine.Layout.Tensors, tensor => Assert.Contains(".lora_", tensor.Name, StringComparison.Ordinal));
        Assert.NotEqual(first, trainer.Engine.Weights());

        // With the adapter as it was, the model is what it was: nothing else has changed.
        trainer.Engine.Restore(first, new float[first.Length], new float[first.Length]);
        Assert.Equal(before, trainer.MeasureLoss(document));
    }

    [Fact]
    public void AnAdapterBeginsAsNothing()
    {
        using GgufFile file = WriteBase();
        using Trainer trainer = Trainer.Continue(_device, Options, Tiny.Documents, file);
        using Trainer whole = Trainer.Continue(_device, Tiny.Options with { Model = null }, Tiny.Documents, file);

        Assert.Equal(whole.MeasureLoss(Tiny.HeldOut), trainer.MeasureLoss(Tiny.HeldOut));
    }

    [Fact]
    public void TheAdaptersFileHoldsTheAdapterAndTheMergedModelComputesWithIt()
    {
        using GgufFile file = WriteBase();
        using Trainer trainer = Trainer.Continue(_device, Options, Tiny.Documents, file);
        for (int i = 0; i < 10; i++)
            trainer.Learn();
        string adapter = Path.Combine(_folder, "adapter.gguf"), merged = Path.Combine(_folder, "merged.gguf");
        trainer.Export(adapter);
        trainer.ExportModel(merged);

        using (GgufFile written = GgufFile.Open(adapter))
        {
            Assert.Equal("adapter", written.Metadata.GetString("general.type"));
            Assert.Equal("lora", written.Metadata.GetString("adapter.type"));
            Assert.Equal("llama", written.Metadata.GetString("general.architecture"));
            Assert.Equal(8f, written.Metadata.GetSingle("adapter.lora.alpha"));
            Assert.Equal(2 * 7 * 2, written.Tensors.Count);
            Assert.True(written.Tensors.TryGet("blk.1.attn_q.weight.lora_a", out GgufTensor a));
            Assert.Equal((32, 4), (a.Dimension(0), a.Dimension(1)));
            Assert.True(written.Tensors.TryGet("blk.1.attn_k.weight.lora_b", out GgufTensor b));
            Assert.Equal((4, 16), (b.Dimension(0), b.Dimension(1)));
        }

        using GgufFile model = GgufFile.Open(merged);
        AssertIsWhatLlamaCppComputes(file, adapter, model);
        using Trainer again = Trainer.Continue(_device, Tiny.Options with { Model = null }, Tiny.Documents, model);
        Assert.Equal(trainer.MeasureLoss(Tiny.HeldOut), again.MeasureLoss(Tiny.HeldOut), 1e-5);
        using LanguageModel opened = LanguageModel.Open(merged, _device);
        Assert.Equal(trainer.Model.VocabularySize, opened.Configuration.VocabularySize);

        // The adapter beside the weights gives the logits of the merged model.
        using LanguageModel adapted = LanguageModel.Open(BasePath, _device, new ModelOptions { Adapters = [new AdapterReference(adapter)] });
        float[] expected = Logits(opened), actual = Logits(adapted);
        double difference = Math.Sqrt(expected.Zip(actual, (x, y) => (double)(x - y) * (x - y)).Sum() / expected.Sum(x => (double)x * x));
        Assert.InRange(difference, 0, 1e-5);
        adapted.Adapters[0].Scale = 0;
        Assert.NotEqual(actual, Logits(adapted));
    }

    private float[] Logits(LanguageModel model)
    {
        using KvCache cache = model.Transformer.CreateCache(4);
        View2<float> logits = _device.Allocate<float>(1, model.Configuration.VocabularySize);
        model.Transformer.Forward([1, 3, 2, 4], cache, logits);
        float[] values = logits.ToArray();
        logits.Memory!.Dispose();
        return values;
    }

    // llama.cpp adds alpha / rank times B (A x) to W x, the rank being the first extent of lora_b (llama-adapter.h, get_scale): so W + alpha / rank B A must be the
    // merged model's weight, for every matrix that has an adapter, and all others must be the base's.
    private static void AssertIsWhatLlamaCppComputes(GgufFile original, string adapter, GgufFile merged)
    {
        using GgufFile written = GgufFile.Open(adapter);
        Assert.All(written.Tensors, tensor => Assert.True(original.Tensors.TryGet(tensor.Name[..^".lora_a".Length], out _), tensor.Name));
        float alpha = written.Metadata.GetSingle("adapter.lora.alpha");
        int adapted = 0;
        foreach (GgufTensor weight in original.Tensors)
        {
            Assert.True(merged.Tensors.TryGet(weight.Name, out GgufTensor found));
            float[] expected = Floats(weight);
            if (written.Tensors.TryGet($"{weight.Name}.lora_a", out GgufTensor a))
            {
                adapted++;
                Assert.True(written.Tensors.TryGet($"{weight.Name}.lora_b", out GgufTensor b));
                float[] down = Floats(a), up = Floats(b);
                int columns = (int)weight.Columns, rank = (int)b.Columns;
                Assert.Equal((weight.Columns, b.Columns, weight.Rows), (a.Columns, a.Rows, b.Rows));
                for (int i = 0; i < expected.Length; i++)
                    expected[i] += (float)(alpha / rank * Enumerable.Range(0, rank).Sum(r => (double)up[(i / columns * rank) + r] * down[(r * columns) + (i % columns)]));
                Assert.NotEqual(Floats(weight), Floats(found));
            }

            Assert.All(expected.Zip(Floats(found)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }

        Assert.Equal(2 * 7, adapted);

        static float[] Floats(GgufTensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Data).ToArray();
    }

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private GgufFile WriteBase()
    {
        using Trainer trainer = Tiny.Train(_device, Tiny.Options with { Steps = 60 }, 60);
        trainer.Export(BasePath);
        return GgufFile.Open(BasePath);
    }
}
