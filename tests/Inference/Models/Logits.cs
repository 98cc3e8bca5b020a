using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Logits as tests take and compare them.</summary>
internal static class Logits
{
    /// <summary>Logits after each token, of tokens run in pieces of the given size.</summary>
    public static float[][] Run(LanguageModel model, ReadOnlySpan<int> tokens, int piece = int.MaxValue)
    {
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        return Continue(model, cache, tokens, piece);
    }

    public static float[][] Continue(LanguageModel model, KvCache cache, ReadOnlySpan<int> tokens, int piece = int.MaxValue)
    {
        int vocabulary = model.Configuration.VocabularySize;
        var rows = new List<float[]>();
        while (!tokens.IsEmpty)
        {
            int count = Math.Min(piece, tokens.Length);
            View2<float> logits = model.Device.Allocate<float>(count, vocabulary);
            model.Transformer.Forward(tokens[..count], cache, logits);
            rows.AddRange(logits.ToArray().Chunk(vocabulary));
            logits.Memory!.Dispose();
            tokens = tokens[count..];
        }

        return [.. rows];
    }

    /// <summary>Norm of the difference over the norm of what is expected, of the worst row.</summary>
    public static double Error(IEnumerable<double[]> expected, IEnumerable<float[]> actual) => expected.Zip(actual, (e, a) =>
    {
        Assert.Equal(e.Length, a.Length);
        double difference = e.Zip(a, (x, y) => (x - y) * (x - y)).Sum();
        return Math.Sqrt(difference / e.Sum(x => x * x));
    }).DefaultIfEmpty(0).Max();
}
