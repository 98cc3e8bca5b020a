using System.CommandLine;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Evaluation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf perplexity</c>: how well a model predicts a text.</summary>
internal static class PerplexityCommand
{
    private const int UsualContext = 512;
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string> s_file = new("--file")
    {
        Description = "A file with the text, in UTF-8.",
        Required = true,
        HelpName = "TEXT",
    };

    private static readonly Option<int?> s_context = new("--context")
    {
        Description = $"Tokens of a chunk, of which the second half is scored; by default {UsualContext}, "
            + "or the model's context if that is shorter.",
        HelpName = "N",
    };

    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<string[]> s_lora = CommonOptions.Lora();
    private static readonly Option<bool> s_mergeLora = CommonOptions.MergeLora();
    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("perplexity", "Print how well a model predicts a text, chunk by chunk as llama.cpp's tool does.")
        {
            s_model, s_file, s_context, s_cacheType, s_activations, s_lora, s_mergeLora, s_device, s_threads, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string text = TextFile.Read(parsed.GetRequiredValue(s_file));
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        using LanguageModel model = Opening.Model(
            parsed.GetRequiredValue(s_model), device, CommonOptions.WithAdapters(CommonOptions.Options(parsed, s_cacheType, s_activations), parsed, s_lora, s_mergeLora));
        int longest = model.Configuration.ContextLength, context = parsed.GetValue(s_context) ?? Math.Min(UsualContext, longest);
        if (context < Perplexity.ShortestContext || context > longest)
            throw new UsageException($"--context is {context}; it must be {Perplexity.ShortestContext} to {longest}, the model's context.");
        Tokenizer tokenizer = model.Tokenizer;
        int[] tokens = tokenizer.Encode(text, addBos: tokenizer.AddBos && tokenizer.BosId is not null);
        using var progress = new ProgressBar("Reading the text", tokens.Length);
        PerplexityResult result = await Task.Run(
            () => UsageException.Check(() => Perplexity.Measure(model, tokens, context, progress, cancellationToken)), cancellationToken);
        progress.Dispose();
        Print(parsed.GetValue(s_json), device, result);
        return ExitCode.Done;
    }

    private static void Print(bool json, Device device, PerplexityResult r)
    {
        if (json)
        {
            var output = new PerplexityOutput(Opening.NameOf(device), r.Perplexity, r.PerplexityError, r.NegativeLogLikelihood,
                r.NegativeLogLikelihoodError, r.ScoredTokens, r.Chunks, r.Context, r.TokensPerSecond);
            KfJson.Print(output, context => context.PerplexityOutput);
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"perplexity {r.Perplexity:F4} +- {r.PerplexityError:F4}, "
            + $"{r.NegativeLogLikelihood:F5} +- {r.NegativeLogLikelihoodError:F5} nats a token"));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{r.ScoredTokens} tokens scored, in {r.Chunks} chunks of {r.Context}; "
            + $"{Opening.NameOf(device)}: {r.TokensPerSecond:F0} tokens/s"));
    }
}
