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

    /// <summary>Every option of the decoding stack.</summary>
    public static DecodingFlags Flags { get; } = new(new DecodingRequest(), _ => true);

    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(1);
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string?> s_prompt = new("--prompt") { Description = "The text to continue.", HelpName = "TEXT" };

    private static readonly Option<bool> s_promptLogProbabilities = new("--prompt-logprobs") { Description = "With --json: log-probability, rank and entropy of each token of the prompt but the first." };
    private static readonly Option<bool> s_compare = new("--compare") { Description = "Generate again without drafts, and say how much longer that takes." };
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
        new("Text", s_model, s_prompt), PromptsFlags.Group,
        .. Flags.Groups,
        new("Running", [s_cacheType, s_activations, s_batchInvariant, s_lora, s_mergeLora, s_controlVectors, s_device, s_threads, .. CacheFlags.Options]),
        new("Output", s_json, s_promptLogProbabilities, s_compare),
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
        using var others = new OpenedModels(device, opening);
        DecodingRequest request = Flags.Read(parsed, new OptionSources(model) { Open = others.Open });
        RequireJson(parsed, request);
        if (steering is not null && request.Search.CoveragePenalty != 0)
            throw new UsageException($"{Flags.Of("coverage_penalty").Name} watches the model's layers, which {s_controlVectors.Name} steers; leave one out.");
        using var plan = new DecodingPlan(request, model);
        var generator = new TextGenerator(model);
        if (prompts is not null)
        {
            RequireBatch(parsed, request, plan);
            var batch = new PromptsRun(model, parsed.GetValue(s_json), PromptsFlags.Size(parsed), Stopwatch.GetElapsedTime(started));
            return await batch.RunAsync([.. prompts.Select(Request)], cancellationToken);
        }

        bool json = parsed.GetValue(s_json);
        int[] whole = UsageException.Check(() => generator.Encode(parsed.GetValue(s_prompt)!));
        if (parsed.GetValue(s_compare) && request.Drafts.ToSpeculation() is null)
            throw new UsageException($"{s_compare.Name} needs {Flags.Of("draft_lookup").Name}, {Flags.Of("draft_recycling").Name} or {Flags.Of("draft_model").Name}: without drafts there is nothing to compare.");
        if (plan.Searches)
        {
            return CacheFlags.IsGiven(parsed) is { } cacheFlag
                ? throw new UsageException($"Searches have caches of their own; leave out {cacheFlag.Name}.")
                : PrintSearch(json, model, whole, UsageException.Check(() => plan.Search(whole, cancellationToken)));
        }

        (int[] prompt, GenerationOptions options) = UsageException.Check(() => plan.For(whole));
        using var progress = new ProgressBar("Reading the prompt", prompt.Length);
        using PromptCache? cache = CacheFlags.Open(parsed, model);
        options = options with { PrefillProgress = progress, PromptCache = cache };
        IAsyncEnumerable<GenerationChunk> chunks = UsageException.Check(() => generator.GenerateAsync(prompt, options, cancellationToken));
        IReadOnlyList<TokenMeasures>? measures = parsed.GetValue(s_promptLogProbabilities) ? PromptLogProbabilities.Compute(model, prompt, cancellationToken) : null;
        TimeSpan loadTime = Stopwatch.GetElapsedTime(started);
        Answer answer = await Answer.ReadAsync(chunks, json ? null : text =>
        {
            progress.Dispose();
            Console.Out.Write(text);
            Console.Out.Flush();
        });
        CacheFlags.Save(parsed, cache);
        double? ratio = parsed.GetValue(s_compare) ? Ratio(generator, prompt, options with { PromptCache = null }, cancellationToken) : null;
        if (json)
            PrintJson(prompt, answer, device, loadTime, ratio, cache is null ? null : answer.Statistics.CachedTokens, measures);
        else
            PrintStatistics(answer, device, loadTime, ratio);
        return answer.Reason == FinishReason.Cancelled ? ExitCode.Failed : ExitCode.Done;

        PromptRequest Request(PromptLine line)
        {
            (int[] taken, GenerationOptions own) = UsageException.Check(() => plan.For(generator.Encode(line.Prompt)));
            return new PromptRequest(line, taken, own with { MaxTokens = line.MaxTokens ?? own.MaxTokens });
        }
    }

    private static void RequireJson(ParseResult parsed, DecodingRequest request)
    {
        if (parsed.GetValue(s_json))
            return;
        if (request.Generation.LogProbabilities is not null)
            throw new UsageException($"{Flags.Of("logprobs").Name} needs {s_json.Name}.");
        if (parsed.GetValue(s_promptLogProbabilities))
            throw new UsageException($"{s_promptLogProbabilities.Name} needs {s_json.Name}.");
    }

    private static void RequireBatch(ParseResult parsed, DecodingRequest request, DecodingPlan plan)
    {
        string prompts = PromptsFlags.Prompts.Name;
        if (request.Guidance.IsOn)
            throw new UsageException($"{prompts} reads every weight once for all texts, and guidance once more for each; leave out the options of one of them.");
        if (request.Drafts.ToSpeculation() is not null || plan.Searches)
            throw new UsageException($"{prompts} goes through the batch engine, which neither searches nor drafts ahead; leave out the options of one of them.");
        if (CacheFlags.IsGiven(parsed) is { } cache)
            throw new UsageException($"{prompts} shares what its texts begin with by itself; leave out {cache.Name}.");
        foreach (Option<bool> option in (ReadOnlySpan<Option<bool>>)[s_promptLogProbabilities, s_compare])
        {
            if (parsed.GetValue(option))
                throw new UsageException($"{option.Name} is for one text; leave out {prompts}.");
        }
    }

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

    private static int PrintSearch(bool json, LanguageModel model, int[] prompt, IReadOnlyList<Hypothesis> found)
    {
        SearchResult[] results = [.. found.Select(each => new SearchResult(
            each.Tokens, model.Tokenizer.Decode([.. each.Tokens], atTextStart: false), each.LogProbability, each.Score, each.IsFinished ? "stop" : "length"))];
        if (json)
        {
            KfJson.Print(new SearchOutput(prompt, results), context => context.SearchOutput);
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

    private static void PrintJson(int[] prompt, Answer answer, Device device, TimeSpan loadTime, double? ratio, int? cached, IReadOnlyList<TokenMeasures>? measures)
    {
        var output = new GenerateOutput(prompt, answer.Tokens, answer.Text, GenerateOutput.Word(answer.Reason), Opening.NameOf(device), GenerateTimings.Of(loadTime, answer.Statistics),
            answer.Steps.Count > 0 ? answer.Steps : null, Speculation(answer.Statistics, ratio), CachedTokens: cached, PromptLogProbabilities: measures);
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
            + $"prompt {s.PromptTokens} tokens{(s.CachedTokens > 0 ? $", {s.CachedTokens} of them kept," : "")} in {s.PrefillTime.TotalMilliseconds:F0} ms ({s.PrefillTokensPerSecond:F0}/s); generated {s.GeneratedTokens} tokens in {s.DecodeTime.TotalMilliseconds:F0} ms "
            + $"({s.DecodeTokensPerSecond:F0}/s); finished: {GenerateOutput.Word(answer.Reason)}"));
        if (Speculation(s, ratio) is not { } speculation)
            return;
        string compared = ratio is { } times ? string.Create(CultureInfo.InvariantCulture, $"; {times:F2} times as fast as without") : "";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"drafts: {speculation.Accepted} of {speculation.Drafted} tokens accepted, {speculation.AcceptanceRate:P0} of the places with drafts, "
            + $"{speculation.TokensPerPass:F2} tokens a pass; drafting {speculation.DraftMs:F0} ms, passes {speculation.TargetMs:F0} ms{compared}"));
    }
}
