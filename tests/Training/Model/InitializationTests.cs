using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Tests.Model;

public sealed class InitializationTests
{
    [Fact]
    public void WeightsAreNormalWithTheirDeviationAndGainsAreOne()
    {
        ParameterLayout layout = ParameterLayout.Of(Tiny.Options.Model!.ToConfiguration(4000), tiesEmbeddings: true);
        var values = new float[layout.Count];
        Initialization.Fill(layout, 1, values);

        ParameterTensor table = layout["token_embd.weight"], down = layout["blk.1.ffn_down.weight"], gain = layout["output_norm.weight"];
        double[] elements = [.. values.AsSpan(table.Offset, table.Count).ToArray().Select(v => (double)v)];
        Assert.Equal(0, elements.Average(), 0.02 * 4 / Math.Sqrt(table.Count));
        Assert.Equal(0.02, Math.Sqrt(elements.Average(v => v * v)), 0.02 * 0.01);
        Assert.Equal(0.0027, elements.Count(v => Math.Abs(v) > 0.06) / (double)table.Count, 0.0007);
        double[] small = [.. values.AsSpan(down.Offset, down.Count).ToArray().Select(v => (double)v)];
        Assert.Equal(0.01, Math.Sqrt(small.Average(v => v * v)), 0.0006);
        Assert.All(values.AsSpan(gain.Offset, gain.Count).ToArray(), v => Assert.Equal(1f, v));
    }

    [Fact]
    public void AnotherSeedGivesOtherWeightsAndTheSameGivesTheSame()
    {
        ParameterLayout layout = ParameterLayout.Of(Tiny.Options.Model!.ToConfiguration(100), tiesEmbeddings: true);

        Assert.Equal(TrainingEngine<float>.First(layout, 4), TrainingEngine<float>.First(layout, 4));
        Assert.NotEqual(TrainingEngine<float>.First(layout, 4), TrainingEngine<float>.First(layout, 5));
    }
}
