using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf generate</c>: the continuation to stdout as it comes, statistics to stderr.</summary>
internal static class GenerateCommand
{
    private const int LeastRounds = 3;
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(1);
    private static readonly GenerationOptions s_defaults = new();
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string?> s_prompt = new("--prompt") { Description = "The text to continue.", HelpName = "TEXT" };

    private static readonly Option<int> s_maxTokens = Number(
        "--max-tokens", "N", "Most tokens to generate.", s_defaults.MaxTokens);

    private static readonly Option<string[]> s_stop = new("--stop") { HelpName = "TEXT", Description = "End the text before this. Any number of times." };
    private static readonly Option<int?> s_logProbabilities = new("--logprobs")
    {
        Description = "With --json: log-probabilities of each token and of the N most probable ones, before and after the pipeline.",
        HelpName = "N",
    };

    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<bool> s_batchInvariant = CommonOptions.BatchInvariant();
    private static readonly Option<string[]> s_lora = CommonOptions.Lora();
    private static readonly Option<bool> s_mergeLora = CommonOptions.MergeLora();
    private static readonly Option<string[]> s_controlVectors = CommonOptions.ControlVectors();
    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();
    private static readonly Option<bool> s_json = CommonOptions.Json();

    private static readonly OptionGroup[] s_groups =
    [
        new("Text", s_model, s_prompt, s_maxTokens, s_stop),
        PromptsFlags.Group,
        .. SamplingFlags.Groups, GuidanceFlags.Group, StructureFlags.Group, SearchFlags.Group, SpeculationFlags.Group,
        new("Running", s_cacheType, s_activations, s_batchInvariant, s_lora, s_mergeLora, s_controlVectors, s_device, s_threads),
        new("Output", s_json, s_logProbabilities),
    ];

    public static Command Create()
    {
        const string Description = "Continue a text. The text goes to stdout, statistics to stderr.";
        var command = new Command("generate", Description);
        foreach (Option option in s_groups.SelectMany(group => group.Options))
            command.Options.Add(option);
        command.Options.Add(GroupedHelp.For("kf generate --model FILE --prompt TEXT|--prompts FILE [options]", Description, s_groups));
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<PromptLine>? prompts = PromptsFlags.Read(parsed);
        if (parsed.GetValue(s_prompt) is null == prompts is null)
            throw new UsageException($"Give a text to continue with {s_prompt.Name}, or a file of them with {PromptsFlags.Prompts.Name}: one of the two.");
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        ModelOptions opening = CommonOptions.Options(parsed, s_cacheType, s_activations) with { BatchInvariant = parsed.GetValue(s_batchInvariant) };
        using LanguageModel model = Opening.Model(parsed.GetRequiredValue(s_model), device, CommonOptions.WithAdapters(opening, parsed, s_lora, s_mergeLora));
        using LayerHooks? steering = CommonOptions.Steer(model, parsed, s_controlVectors);
        using LanguageModel? draft = SpeculationFlags.ModelFile(parsed) is { } file ? Opening.Model(file, device, opening) : null;
        SpeculationOptions? speculation = SpeculationFlags.Read(parsed, draft);
        var generator = new TextGenerator(model);
        using GuidanceFlags.Guide? guidance = GuidanceFlags.Read(parsed, model, parsed.GetValue(s_maxTokens));
        DecodingOptions decoding = SamplingFlags.Read(parsed);
        Func<int[], (int[] Prompt, LogitsProcessor? Constraint)> structure = StructureFlags.Read(parsed, model);
        if (prompts is not null)
        {
            if (guidance is not null)
                throw new UsageException($"{PromptsFlags.Prompts.Name} reads every weight once for all texts, and guidance once more for each; leave out the options of one of them.");
            if (speculation is not null || SearchFlags.IsGiven(parsed))
                throw new UsageException($"{PromptsFlags.Prompts.Name} goes through the batch engine, which neither searches nor drafts ahead; leave out the options of one of them.");
            var batch = new PromptsRun(model, parsed.GetValue(s_json), PromptsFlags.Size(parsed), Stopwatch.GetElapsedTime(started));
            return await batch.RunAsync([.. prompts.Select(Request)], cancellationToken);
        }

        (int[] prompt, decoding) = Prepare(parsed.GetValue(s_prompt)!);
        if (parsed.GetValue(s_stop) is { Length: > 0 } && SearchFlags.IsGiven(parsed))
            throw new UsageException($"Searches end at the model's own tokens; leave out {s_stop.Name}.");
        if (guidance is not null && SearchFlags.IsGiven(parsed))
            throw new UsageException("Guidance follows one text, and searches several; leave out the options of one of them.");
        if (SearchFlags.Read(parsed, model, prompt, parsed.GetValue(s_maxTokens), decoding) is { } search)
        {
            return speculation is null
                ? PrintSearch(parsed, model, prompt, search(cancellationToken))
                : throw new UsageException("Searches do not draft ahead; leave out the options of one of them.");
        }

        using var progress = new ProgressBar("Reading the prompt", prompt.Length);
        GenerationOptions options = UsageException.Check(() => ReadOptions(parsed, decoding, model, progress) with { Speculation = speculation });
        IAsyncEnumerable<GenerationChunk> chunks = UsageException.Check(() => generator.GenerateAsync(prompt, options, cancellationToken));
        TimeSpan loadTime = Stopwatch.GetElapsedTime(started);

        bool json = parsed.GetValue(s_json);
        Answer answer = await Answer.ReadAsync(chunks, json ? null : text =>
        {
            progress.Dispose();
            Console.Out.Write(text);
            Console.Out.Flush();
        });
        double? ratio = SpeculationFlags.Compares(parsed) ? Ratio(generator, prompt, options, cancellationToken) : null;
        if (json)
            PrintJson(prompt, answer, device, loadTime, ratio);
        else
            PrintStatistics(answer, device, loadTime, ratio);
        return answer.Reason == FinishReason.Cancelled ? ExitCode.Failed : ExitCode.Done;

        (int[] Prompt, DecodingOptions Decoding) Prepare(string text)
        {
            (int[] taken, LogitsProcessor? constraint) = structure(UsageException.Check(() => generator.Encode(text)));
            LogitsProcessor?[] processors = [guidance?.Begin(), constraint];
            return (taken, decoding with { Processors = [.. processors.OfType<LogitsProcessor>()] });
        }

        PromptRequest Request(PromptLine line)
        {
            (int[] taken, DecodingOptions own) = Prepare(line.Prompt);
            GenerationOptions given = UsageException.Check(() => ReadOptions(parsed, own, model, progress: null));
            return new PromptRequest(line, taken, given with { MaxTokens = line.MaxTokens ?? given.MaxTokens });
        }
    }

    private static GenerationOptions ReadOptions(ParseResult parsed, DecodingOptions decoding, LanguageModel model, IProgress<int>? progress) => new()
    {
        MaxTokens = parsed.GetValue(s_maxTokens),
        StopStrings = parsed.GetValue(s_stop) ?? [],
        Pipeline = decoding.ToPipeline(model.Tokenizer.EosId is { } eos ? [eos] : []),
        LogProbabilities = parsed.GetValue(s_logProbabilities),
        PrefillProgress = progress,
    };

    // With drafts and without by turns, after the text that was printed, in which code was still being compiled. Per token: the texts may be of different lengths.
    private static double? Ratio(TextGenerator generator, int[] prompt, GenerationOptions options, CancellationToken cancellationToken)
    {
        (int Tokens, TimeSpan Time) drafted = default, plain = default;
        for (int round = 0; round < LeastRounds || drafted.Time + plain.Time < s_leastTime; round++)
        {
            Run(options.Speculation, ref drafted);
            Run(null, ref plain);
            if (cancellationToken.IsCancellationRequested || drafted.Tokens == 0 || plain.Tokens == 0)
                return null;
        }

        return plain.Time / drafted.Time * drafted.Tokens / plain.Tokens;

        void Run(SpeculationOptions? speculation, ref (int Tokens, TimeSpan Time) sum)
        {
            GenerationStatistics statistics = generator.Generate(prompt, options with { Speculation = speculation, PrefillProgress = null }, cancellationToken).Last().Statistics!;
            sum = (sum.Tokens + statistics.GeneratedTokens, sum.Time + statistics.DecodeTime);
        }
    }

    private static SpeculationOutput? Speculation(GenerationStatistics statistics, double? ratio) => statistics.Speculation is { } s
        ? new SpeculationOutput(
            s.Passes, s.Drafted, s.Accepted, s.AcceptanceRate, s.TokensPerPass, s.DraftTime.TotalMilliseconds, s.TargetTime.TotalMilliseconds, ratio)
        : null;

    private static int PrintSearch(ParseResult parsed, LanguageModel model, int[] prompt, IReadOnlyList<Hypothesis> found)
    {
        SearchResult[] results = [.. found.Select(each => new SearchResult(
            each.Tokens, model.Tokenizer.Decode([.. each.Tokens], atTextStart: false), each.LogProbability, each.Score, each.IsFinished ? "stop" : "length"))];
        if (parsed.GetValue(s_json))
        {
            KfJson.Print(new SearchOutput(prompt, results), json => json.SearchOutput);
            return ExitCode.Done;
        }

        foreach (SearchResult result in results)
        {
            Console.Out.WriteLine(result.Text);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"log-probability {result.LogProbability:F3}, score {result.Score:F3}, {result.Tokens.Count} tokens, finished: {result.FinishReason}"));
        }

        if (results.Length == 0)
            Console.Error.WriteLine("No text was found that meets the constraints.");
        return results.Length > 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void PrintJson(int[] prompt, Answer answer, Device device, TimeSpan loadTime, double? ratio)
    {
        var output = new GenerateOutput(prompt, answer.Tokens, answer.Text, GenerateOutput.Word(answer.Reason), Opening.NameOf(device), GenerateTimings.Of(loadTime, answer.Statistics),
            answer.Steps.Count > 0 ? answer.Steps : null, Speculation(answer.Statistics, ratio));
        KfJson.Print(output, json => json.GenerateOutput);
    }

    private static void PrintStatistics(Answer answer, Device device, TimeSpan loadTime, double? ratio)
    {
        // The text ends with a line break on a terminal; what is piped stays exactly the text.
        if (!Console.IsOutputRedirected && !answer.Text.EndsWith('\n'))
            Console.Out.WriteLine();
        GenerationStatistics s = answer.Statistics;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Opening.NameOf(device)}: load {loadTime.TotalMilliseconds:F0} ms; "
            + $"prompt {s.PromptTokens} tokens in {s.PrefillTime.TotalMilliseconds:F0} ms ({s.PrefillTokensPerSecond:F0}/s); generated {s.GeneratedTokens} tokens in {s.DecodeTime.TotalMilliseconds:F0} ms "
            + $"({s.DecodeTokensPerSecond:F0}/s); finished: {GenerateOutput.Word(answer.Reason)}"));
        if (Speculation(s, ratio) is not { } speculation)
            return;
        string compared = ratio is { } times ? string.Create(CultureInfo.InvariantCulture, $"; {times:F2} times as fast as without") : "";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"drafts: {speculation.Accepted} of {speculation.Drafted} tokens accepted, {speculation.AcceptanceRate:P0} of the places with drafts, "
            + $"{speculation.TokensPerPass:F2} tokens a pass; drafting {speculation.DraftMs:F0} ms, passes {speculation.TargetMs:F0} ms{compared}"));
    }

    private static Option<T> Number<T>(string name, string value, string description, T standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };
}
