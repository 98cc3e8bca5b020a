using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>The coverage penalty of a model's own attention, against maps that are captured apart from searches.</summary>
public sealed class AttendedSequenceTests : IDisposable
{
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void AttentionIsSummedOverTheTokensAfterTheSourceThroughForksAndRollbacks()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int[] prompt = model.Tokenizer.Encode("the ab", addBos: true);
        var sequence = new AttendedModelSequence(model, 40, prompt.Length);
        sequence.Score(prompt);
        Assert.Equal(new float[prompt.Length], Sums(sequence));
        sequence.Score([260, 261]);
        var fork = (IAttendedSequence)sequence.Fork();
        fork.Score([262]);
        sequence.Score([263]);
        sequence.Score([264]);
        float[] forked = Sums(fork), own = Sums(sequence);
        sequence.Rollback(prompt.Length + 1);
        sequence.Score([265]);
        float[] back = Sums(sequence);
        sequence.Rollback(prompt.Length - 1);
        Assert.Equal(new float[prompt.Length], Sums(sequence));
        fork.Dispose();
        sequence.Dispose();
        Assert.Equal(Captured(model, prompt, [260, 261, 262]), forked, Near);
        Assert.Equal(Captured(model, prompt, [260, 261, 263, 264]), own, Near);
        Assert.Equal(Captured(model, prompt, [260, 265]), back, Near);
        Assert.True(own.Sum() is > 0 and < 4);
    }

    [Fact]
    public void BeamsAreScoredByIt()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int[] prompt = model.Tokenizer.Encode("the ab", addBos: true);
        var options = new GenerationOptions { MaxTokens = 5, StopTokens = [] };
        foreach (Hypothesis found in TextSearch.Run(model, prompt, options, new TextSearchOptions { Beams = 3, Results = 3, CoveragePenalty = 0.7 }, TestContext.Current.CancellationToken))
        {
            // The last token has been scored too, for what would come after it.
            double expected = found.LogProbability + new CoveragePenalty(0.7).Score(Captured(model, prompt, [.. found.Tokens]));
            Assert.Equal(expected, found.Score, 1e-4);
            Assert.True(found.Score < found.LogProbability);
        }
    }

    // Two tokens in one pass add up in another order than one after the other.
    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5f;

    private static float[] Sums(IAttendedSequence sequence)
    {
        var sums = new float[sequence.SourceLength];
        sequence.ReadAttention(sums);
        return sums;
    }

    private static float[] Captured(LanguageModel model, int[] prompt, int[] generated)
    {
        using var hooks = new LayerHooks(model.Transformer, new CaptureAttention(model.Configuration.Layers - 1));
        using var sequence = new ModelSequence(model, 40);
        sequence.Score(prompt);
        foreach (int token in generated)
            sequence.Score([token]);
        var sums = new float[prompt.Length];
        foreach (AttentionMap map in hooks.Attention(model.Configuration.Layers - 1).Where(map => map.Position >= prompt.Length))
        {
            var row = new float[prompt.Length];
            foreach (float[] weights in map.Weights)
            {
                for (int i = 0; i < row.Length; i++)
                    row[i] += weights[i] / map.Weights.Count;
            }

            for (int i = 0; i < row.Length; i++)
                sums[i] += row[i];
        }

        return sums;
    }
}
