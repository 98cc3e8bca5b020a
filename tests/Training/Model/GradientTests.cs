using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Tests.Model;

/// <summary>The gradient of the whole model against differences of the loss in double precision.</summary>
public sealed class GradientTests
{
    private const int SamplesOfATensor = 10;
    private const int Tokens = 40;
    private static readonly ModelShape s_shape = new()
    {
        Layers = 2, EmbeddingLength = 24, FeedForwardLength = 20, Heads = 6, KeyValueHeads = 2, ContextLength = 16,
    };

    private static readonly ModelConfiguration s_model = s_shape.ToConfiguration(50);

    [Theory]
    [InlineData(true, LossMethod.Plain, false)]
    [InlineData(false, LossMethod.Plain, true)]
    [InlineData(true, LossMethod.Cut, false)]
    [InlineData(false, LossMethod.Cut, true)]
    public void EveryTensorsGradientIsTheDerivativeOfTheLoss(bool isTied, LossMethod loss, bool recomputes)
    {
        ParameterLayout layout = ParameterLayout.Of(s_model, isTied);
        float[] weights = Weights(layout);
        TokenBatch batch = Batch();
        (double measured, float[] gradient) = Run(layout, weights, batch, loss, recomputes);

        double[] exact = [.. weights.Select(w => (double)w)];
        var naive = new NaiveLoss(s_model, layout, exact);
        Assert.Equal(naive.Of(batch), measured / batch.Counted, 1e-5);
        var random = new Random(11);
        foreach (ParameterTensor tensor in layout.Tensors)
        {
            double largest = gradient.AsSpan(tensor.Offset, tensor.Count).ToArray().Max(Math.Abs);
            Assert.True(largest > 1e-5, $"{tensor.Name} has no gradient");
            for (int i = 0; i < SamplesOfATensor; i++)
            {
                int element = tensor.Offset + random.Next(tensor.Count);
                double difference = Difference(naive, exact, element, batch);
                Assert.True(Math.Abs(difference - gradient[element]) < 1e-4 * largest,
                    $"{tensor.Name}[{element - tensor.Offset}]: {gradient[element]} and, by differences, {difference}");
            }
        }
    }

    [Fact]
    public void ActivationsThatAreComputedAgainGiveTheSameBits()
    {
        ParameterLayout layout = ParameterLayout.Of(s_model, tiesEmbeddings: true);
        float[] weights = Weights(layout);

        Assert.Equal(Run(layout, weights, Batch(), LossMethod.Plain, false).Gradient, Run(layout, weights, Batch(), LossMethod.Plain, true).Gradient);
    }

    [Fact]
    public void DocumentsKnowNothingOfEachOther()
    {
        // The same first document, another second one: what the first contributes to a matrix is found by leaving the second without labels.
        ParameterLayout layout = ParameterLayout.Of(s_model, tiesEmbeddings: false);
        float[] weights = Weights(layout);
        TokenBatch one = new(32), other = new(32);
        int[] document = [.. Enumerable.Range(1, 16)];
        foreach ((TokenBatch batch, int shift) in new[] { (one, 20), (other, 30) })
        {
            batch.Clear();
            batch.Put(0, document, -1);
            batch.Put(16, [.. document.Select(token => token + shift)], -1);
            Array.Fill(batch.Labels, -1, 16, 16);
        }

        Assert.Equal(Run(layout, weights, one, LossMethod.Plain, false).Sum, Run(layout, weights, other, LossMethod.Plain, false).Sum);
        int head = layout["output.weight"].Offset, count = layout["output.weight"].Count;
        Assert.Equal(
            Run(layout, weights, one, LossMethod.Plain, false).Gradient.AsSpan(head, count).ToArray(),
            Run(layout, weights, other, LossMethod.Plain, false).Gradient.AsSpan(head, count).ToArray());
    }

    private static (double Sum, float[] Gradient) Run(ParameterLayout layout, float[] weights, TokenBatch batch, LossMethod loss, bool recomputes)
    {
        using Device device = Tiny.Cpu();
        var options = new TrainingOptions
        {
            Model = s_shape, Batch = new BatchOptions { Tokens = batch.Length }, Loss = loss, RecomputesActivations = recomputes,
        };
        using var engine = new TrainingEngine<float>(device, s_model, layout, weights, options);
        engine.Clear();
        double sum = engine.Learn(batch, 1f / batch.Counted);
        return (sum, engine.Gradients());
    }

    // Larger than a model begins with, so that no part of it is nearly linear.
    private static float[] Weights(ParameterLayout layout)
    {
        var random = new Random(7);
        var weights = new float[layout.Count];
        foreach (ParameterTensor tensor in layout.Tensors)
        {
            for (int i = 0; i < tensor.Count; i++)
                weights[tensor.Offset + i] = (float)((random.NextDouble() - 0.5) * 0.8) + (tensor.IsMatrix ? 0f : 1f);
        }

        return weights;
    }

    // Three documents, one of them cut at the context, and a row that ends within one.
    private static TokenBatch Batch()
    {
        var random = new Random(5);
        int[][] documents = [.. new[] { 9, 21, 30 }.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(s_model.VocabularySize)).ToArray())];
        var batch = new TokenBatch(Tokens);
        new PackedSampler(TokenizedDocuments.FromTokens(documents), s_model.ContextLength, seed: 1).Fill(batch);
        return batch;
    }

    private static double Difference(NaiveLoss naive, double[] weights, int element, TokenBatch batch)
    {
        const double step = 1e-5;
        double before = weights[element];
        weights[element] = before + step;
        double above = naive.Of(batch);
        weights[element] = before - step;
        double below = naive.Of(batch);
        weights[element] = before;
        return (above - below) / (2 * step);
    }
}
