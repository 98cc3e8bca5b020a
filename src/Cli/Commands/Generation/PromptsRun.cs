using System.Diagnostics;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>
/// Continues the prompts of a file through the batch engine. Each result is printed when it and all before it are there; one that fails does not stop the others, and
/// what was finished when the command is interrupted is printed.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="json">Whether to print an object a line.</param>
/// <param name="size">Most prompts at once.</param>
/// <param name="load">What opening took.</param>
internal sealed class PromptsRun(LanguageModel model, bool json, int size, TimeSpan load)
{
    private int _finished;
    private int _promptTokens;
    private int _generated;
    private int _exitCode = ExitCode.Done;

    /// <summary>Continues them.</summary>
    /// <exception cref="UsageException">A prompt is longer than the model's context, or an option is out of its range.</exception>
    public async Task<int> RunAsync(IReadOnlyList<PromptRequest> requests, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        int atOnce = Math.Min(Math.Min(size, requests.Count), model.Transformer.MostBatchTokens);
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = atOnce, CachePositions = Positions(requests, atOnce) });
        IAsyncEnumerable<GenerationChunk>[] streams = [.. requests.Select(request => Begin(engine, request, cancellationToken))];
        Task<Answer>[] results = [.. streams.Select(stream => Task.Run(() => Answer.ReadAsync(stream), CancellationToken.None))];
        foreach ((int i, Task<Answer> result) in results.Index())
            await PrintAsync(requests[i], result);
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Opening.NameOf(model.Device)}: load {load.TotalMilliseconds:F0} ms; {_finished} of {requests.Count} prompts finished, {atOnce} at once; read {_promptTokens} tokens and "
            + $"generated {_generated} in {time.TotalMilliseconds:F0} ms ({_generated / time.TotalSeconds:F0}/s)"));
        return _exitCode;
    }

    // Room for the largest that can be there together, so that none is refused.
    private int Positions(IReadOnlyList<PromptRequest> requests, int atOnce)
    {
        long blocks = requests.Select(request => Math.Min((long)request.Tokens.Length + request.Options.MaxTokens, model.Configuration.ContextLength))
            .OrderDescending().Take(atOnce).Sum(positions => (long)KvBlockPool.BlocksFor((int)positions));
        return (int)Math.Clamp(blocks * KvBlockPool.BlockTokens, 1, int.MaxValue - KvBlockPool.BlockTokens);
    }

    // Checked before any begins: a file with a wrong line does nothing.
    private static IAsyncEnumerable<GenerationChunk> Begin(BatchEngine engine, PromptRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return engine.GenerateAsync(request.Tokens, request.Options, cancellationToken);
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"{PromptsFlags.Prompts.Name}, line {request.Line.Line}: {error.Message}", error);
        }
    }

    private async Task PrintAsync(PromptRequest request, Task<Answer> pending)
    {
        Answer result;
        try
        {
            result = await pending;
        }
        catch (Exception error)
        {
            Print(request, error);
            return;
        }

        bool isCancelled = result.Reason == FinishReason.Cancelled;
        _exitCode = isCancelled ? ExitCode.Failed : _exitCode;
        _finished += isCancelled ? 0 : 1;
        _promptTokens += request.Tokens.Length - result.Statistics.CachedTokens;
        _generated += result.Tokens.Count;
        if (isCancelled && result.Tokens.Count == 0)
            return;
        if (!json)
        {
            Console.Out.WriteLine($"==> {request.Line.Line}: {request.Line.Prompt} <==");
            Console.Out.WriteLine(result.Text);
            return;
        }

        KfJson.Print(
            new GenerateOutput(
                request.Tokens, result.Tokens, result.Text, GenerateOutput.Word(result.Reason), Opening.NameOf(model.Device), GenerateTimings.Of(load, result.Statistics),
                result.Steps.Count > 0 ? result.Steps : null, Line: request.Line.Line),
            output => output.GenerateOutput);
    }

    private void Print(PromptRequest request, Exception error)
    {
        _exitCode = error is InvalidModelException ? ExitCode.UnreadableModel : ExitCode.Failed;
        if (json)
            KfJson.Print(new PromptErrorOutput(request.Line.Line, error.Message), output => output.PromptErrorOutput);
        Console.Error.WriteLine($"kf: line {request.Line.Line}: {error.Message}");
    }
}
