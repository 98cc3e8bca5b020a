using System.Text;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;

namespace KernelFoundry.Cli.Commands;

/// <summary>All that a generation gave.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Steps">Log-probabilities of each, if they were asked for.</param>
/// <param name="Text">The text.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Statistics">What it took.</param>
internal sealed record Answer(
    IReadOnlyList<int> Tokens, IReadOnlyList<StepLogProbabilities> Steps, string Text, FinishReason? Reason, GenerationStatistics Statistics)
{
    /// <summary>Reads a generation to its end, and says each piece of text as it comes.</summary>
    public static async Task<Answer> ReadAsync(IAsyncEnumerable<GenerationChunk> stream, Action<string>? say = null)
    {
        var tokens = new List<int>();
        var steps = new List<StepLogProbabilities>();
        var text = new StringBuilder();
        GenerationChunk last = default;
        await foreach (GenerationChunk chunk in stream)
        {
            last = chunk;
            if (chunk.Token is { } token)
                tokens.Add(token);
            if (chunk.LogProbabilities is { } step)
                steps.Add(step);
            text.Append(chunk.Text);
            say?.Invoke(chunk.Text);
        }

        return new Answer(tokens, steps, text.ToString(), last.FinishReason, last.Statistics!);
    }
}
