using System.Diagnostics;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Evaluation;

/// <summary>
/// How well a model predicts a text. The text is cut into chunks of a context's length, each begun with the model's begin token in place of
/// its first one, and the second half of each chunk is scored, so that every token scored has half a context before it: the numbers of
/// llama.cpp's perplexity tool, and comparable with them.
/// </summary>
public static class Perplexity
{
    /// <summary>The shortest chunk that has something to score.</summary>
    public const int ShortestContext = 4;

    // Logits that are on the device at once.
    private const int RowsTogether = 128;

    /// <summary>Measures a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">
    /// The text's tokens, with the begin token if the model wants one; what is left after whole chunks is not looked at.
    /// </param>
    /// <param name="context">Length of a chunk.</param>
    /// <param name="progress">Told how many tokens are through.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The text is shorter than one chunk.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The context is too short, or longer than the model's.</exception>
    public static PerplexityResult Measure(
        LanguageModel model,
        ReadOnlySpan<int> tokens,
        int context,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(context, ShortestContext);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(context, model.Configuration.ContextLength);
        if (tokens.Length < context)
        {
            throw new ArgumentException($"The text has {tokens.Length} tokens, fewer than a context of {context}: take a longer text or a "
                + "shorter context.", nameof(tokens));
        }

        long started = Stopwatch.GetTimestamp();
        var sums = new Sums();
        int chunks = tokens.Length / context;
        var chunk = new int[context];
        for (int i = 0; i < chunks; i++)
        {
            tokens.Slice(i * context, context).CopyTo(chunk);
            if (model.Tokenizer is { AddBos: true, BosId: { } begin })
                chunk[0] = begin;
            Score(model, chunk, sums, cancellationToken);
            progress?.Report((i + 1) * context);
        }

        return sums.Result(chunks, context, Stopwatch.GetElapsedTime(started));
    }

    // The last token predicts nothing of the chunk, so it does not run.
    private static void Score(LanguageModel model, int[] chunk, Sums sums, CancellationToken cancellationToken)
    {
        int first = chunk.Length / 2, vocabulary = model.Configuration.VocabularySize;
        using KvCache cache = model.Transformer.CreateCache(chunk.Length);
        model.Transformer.Forward(chunk.AsSpan(0, first), cache, default, null, cancellationToken);
        View2<float> logits = model.Device.Allocate<float>(Math.Min(RowsTogether, chunk.Length - 1 - first), vocabulary);
        using DeviceMemory memory = logits.Memory!;
        for (int at = first; at < chunk.Length - 1; at += RowsTogether)
        {
            int count = Math.Min(RowsTogether, chunk.Length - 1 - at);
            View2<float> rows = logits.Slice(0, 0, count);
            model.Transformer.Forward(chunk.AsSpan(at, count), cache, rows, null, cancellationToken);
            for (int row = 0; row < count; row++)
                sums.Add(NegativeLog(rows.Row(row).ToArray(), chunk[at + row + 1]));
        }
    }

    private static double NegativeLog(ReadOnlySpan<float> logits, int token)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            max = Math.Max(max, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - max);
        return Math.Log(sum) + max - logits[token];
    }

    private sealed class Sums
    {
        private double _sum;
        private double _squares;
        private int _count;

        public void Add(double loss)
        {
            _sum += loss;
            _squares += loss * loss;
            _count++;
        }

        // The mean's standard error, and by the exponential's slope the perplexity's.
        public PerplexityResult Result(int chunks, int context, TimeSpan time)
        {
            double mean = _sum / _count, variance = Math.Max(0, (_squares / _count) - (mean * mean));
            double error = _count > 1 ? Math.Sqrt(variance / (_count - 1)) : 0;
            return new PerplexityResult(mean, error, Math.Exp(mean), Math.Exp(mean) * error, _count, chunks, context, time);
        }
    }
}
