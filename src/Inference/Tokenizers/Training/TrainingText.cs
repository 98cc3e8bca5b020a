using System.Buffers;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>Cuts training text into pieces.</summary>
internal static class TrainingText
{
    /// <summary>Gives all pieces of the texts to a counter.</summary>
    public static void Split(IEnumerable<string> texts, Splitter[] splitters, TokenModel counter, CancellationToken cancellationToken, params Normalizer[] normalizers)
    {
        using var none = new TokenBuffer(withEnds: false);
        using var run = new NormalizerRun(normalizers, withSources: false);
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
            var normalized = run.Apply(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), isTextStart: true);
            new PieceSink(splitters, counter, none).Take(normalized, 0, normalized.Length);
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }
}
