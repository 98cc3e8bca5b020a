using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf generate</c>: the continuation to stdout as it comes, statistics to stderr.</summary>
internal static class GenerateCommand
{
    private static readonly GenerationOptions s_defaults = new();
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string> s_prompt = new("--prompt")
    {
        Description = "The text to continue.",
        Required = true,
        HelpName = "TEXT",
    };

    private static readonly Option<int> s_maxTokens = Number(
        "--max-tokens", "N", "Most tokens to generate.", s_defaults.MaxTokens);

    private static readonly Option<float> s_temperature = Number(
        "--temperature", "T", "0 takes the most probable token every time.", s_defaults.Temperature);

    private static readonly Option<int> s_topK = Number(
        "--top-k", "K", "Draw from the K most probable tokens; 0 for all.", s_defaults.TopK);

    private static readonly Option<float> s_topP = Number(
        "--top-p", "P", "Draw from the most probable tokens that have probability P together.", s_defaults.TopP);

    private static readonly Option<float> s_minP = Number(
        "--min-p", "P", "Draw from tokens at least P times as probable as the best.", s_defaults.MinP);

    private static readonly Option<uint?> s_seed = new("--seed")
    {
        Description = "Seed of the random numbers, 0 to 2^32 - 1; a new one every time if absent.",
        HelpName = "S",
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
        var command = new Command("generate", "Continue a text. The text goes to stdout, statistics to stderr.")
        {
            s_model, s_prompt, s_maxTokens, s_temperature, s_topK, s_topP, s_minP, s_seed, s_cacheType, s_activations, s_lora, s_mergeLora, s_device, s_threads, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        using LanguageModel model = Opening.Model(
            parsed.GetRequiredValue(s_model), device, CommonOptions.WithAdapters(CommonOptions.Options(parsed, s_cacheType, s_activations), parsed, s_lora, s_mergeLora));
        var generator = new TextGenerator(model);
        int[] prompt = UsageException.Check(() => generator.Encode(parsed.GetRequiredValue(s_prompt)));
        using var progress = new ProgressBar("Reading the prompt", prompt.Length);
        GenerationOptions options = ReadOptions(parsed, progress);
        IAsyncEnumerable<GenerationChunk> chunks = UsageException.Check(() => generator.GenerateAsync(prompt, options, cancellationToken));
        TimeSpan loadTime = Stopwatch.GetElapsedTime(started);

        bool json = parsed.GetValue(s_json);
        var tokens = new List<int>();
        var text = new StringBuilder();
        GenerationChunk last = default;
        await foreach (GenerationChunk chunk in chunks)
        {
            last = chunk;
            if (chunk.Token is { } token)
                tokens.Add(token);
            text.Append(chunk.Text);
            if (!json)
            {
                progress.Dispose();
                Console.Out.Write(chunk.Text);
                Console.Out.Flush();
            }
        }

        if (json)
            PrintJson(prompt, tokens, text.ToString(), last, device, loadTime);
        else
            PrintStatistics(text.ToString(), last, device, loadTime);
        return last.FinishReason == FinishReason.Cancelled ? ExitCode.Failed : ExitCode.Done;
    }

    private static GenerationOptions ReadOptions(ParseResult parsed, IProgress<int> progress) => new()
    {
        MaxTokens = parsed.GetValue(s_maxTokens),
        Temperature = parsed.GetValue(s_temperature),
        TopK = parsed.GetValue(s_topK),
        TopP = parsed.GetValue(s_topP),
        MinP = parsed.GetValue(s_minP),
        Seed = parsed.GetValue(s_seed),
        PrefillProgress = progress,
    };

    private static void PrintJson(int[] prompt, List<int> tokens, string text, GenerationChunk last, Device device, TimeSpan loadTime)
    {
        GenerationStatistics statistics = last.Statistics!;
        var timings = new GenerateTimings(
            loadTime.TotalMilliseconds,
            statistics.PrefillTime.TotalMilliseconds,
            statistics.DecodeTime.TotalMilliseconds,
            statistics.PrefillTokensPerSecond,
            statistics.DecodeTokensPerSecond);
        var output = new GenerateOutput(prompt, tokens, text, Word(last.FinishReason), Opening.NameOf(device), timings);
        KfJson.Print(output, json => json.GenerateOutput);
    }

    private static void PrintStatistics(string text, GenerationChunk last, Device device, TimeSpan loadTime)
    {
        // The text ends with a line break on a terminal; what is piped stays exactly the text.
        if (!Console.IsOutputRedirected && !text.EndsWith('\n'))
            Console.Out.WriteLine();
        GenerationStatistics s = last.Statistics!;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Opening.NameOf(device)}: load {loadTime.TotalMilliseconds:F0} ms; "
            + $"prompt {s.PromptTokens} tokens in {s.PrefillTime.TotalMilliseconds:F0} ms ({s.PrefillTokensPerSecond:F0}/s); generated {s.GeneratedTokens} tokens in {s.DecodeTime.TotalMilliseconds:F0} ms "
            + $"({s.DecodeTokensPerSecond:F0}/s); finished: {Word(last.FinishReason)}"));
    }

    private static string Word(FinishReason? reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        FinishReason.Context => "context",
        _ => "cancelled",
    };

    private static Option<T> Number<T>(string name, string value, string description, T standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };
}
