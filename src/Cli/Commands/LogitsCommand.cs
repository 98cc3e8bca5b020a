using System.CommandLine;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf logits</c>: the logits after each of some tokens.</summary>
internal static class LogitsCommand
{
    private const int Shown = 5;
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string> s_tokens = new("--tokens")
    {
        Description = "Token ids, separated by commas.",
        Required = true,
        HelpName = "1,403,407",
    };

    private static readonly Option<string?> s_attention = new("--attention")
    {
        Description = "Layers, from 0, whose attention weights to print too: all with --json, else the largest.",
        HelpName = "0,2",
    };

    private static readonly Option<string?> s_heads = new("--heads") { Description = "With --attention: which query heads, from 0; by default all.", HelpName = "0,2" };
    private static readonly Option<string?> s_states = new("--states")
    {
        Description = "With --json: hidden states to print too, after so many layers: 0 is the embedding.",
        HelpName = "0,2",
    };

    private static readonly Option<string?> s_lens = new("--lens") { Description = "Logits to print too of the hidden states after so many layers: the logit lens.", HelpName = "0,2" };
    private static readonly Option<bool> s_batchInvariant = CommonOptions.BatchInvariant();
    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<string[]> s_lora = CommonOptions.Lora();
    private static readonly Option<bool> s_mergeLora = CommonOptions.MergeLora();
    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("logits", "Print the logits after each token: all with --json, else the largest.")
        {
            s_model, s_tokens, s_attention, s_heads, s_states, s_lens, s_cacheType, s_activations, s_batchInvariant, s_lora, s_mergeLora, s_device, s_threads, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int[] tokens = ReadTokens(parsed.GetRequiredValue(s_tokens));
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        ModelOptions options = CommonOptions.Options(parsed, s_cacheType, s_activations) with { BatchInvariant = parsed.GetValue(s_batchInvariant) };
        using LanguageModel model = Opening.Model(parsed.GetRequiredValue(s_model), device, CommonOptions.WithAdapters(options, parsed, s_lora, s_mergeLora));
        ModelConfiguration configuration = model.Configuration;
        if (tokens.Length > configuration.ContextLength)
            throw new UsageException($"There are {tokens.Length} tokens, but the model's context holds {configuration.ContextLength}.");
        int outside = Array.FindIndex(tokens, token => (uint)token >= (uint)configuration.VocabularySize);
        if (outside >= 0)
        {
            throw new UsageException($"Token {tokens[outside]} is not in the vocabulary, whose ids run from 0 to "
                + $"{configuration.VocabularySize - 1}.");
        }

        int[] layers = Numbers(parsed, s_attention);
        int[] states = Numbers(parsed, s_states), lens = Numbers(parsed, s_lens);
        if (states.Length > 0 && !parsed.GetValue(s_json))
            throw new UsageException($"{s_states.Name} needs {s_json.Name}.");
        using LayerHooks? hooks = UsageException.Check(() => Hooks(model, layers, Numbers(parsed, s_heads), [.. states.Concat(lens).Distinct()]));
        float[][] logits = await Task.Run(() => Run(model, tokens, cancellationToken), cancellationToken);
        if (parsed.GetValue(s_json))
        {
            AttentionOutput[]? attention = hooks is null ? null : [.. layers.SelectMany(layer => AttentionOutput.Of(layer, hooks.Attention(layer)))];
            var output = new LogitsOutput(
                tokens, configuration.VocabularySize, Opening.NameOf(device), logits, attention,
                states.Length == 0 ? null : [.. states.Select(layer => new LayerRowsOutput(layer, Rows(hooks!.Captured(layer), tokens.Length)))],
                lens.Length == 0 ? null : [.. lens.Select(layer => new LayerRowsOutput(layer, Lens(model, hooks!.Captured(layer), tokens.Length)))]);
            KfJson.Print(output, json => json.LogitsOutput);
        }
        else
        {
            Print(tokens, logits);
            foreach (int layer in layers)
                Print(tokens, layer, hooks!.Attention(layer));
            foreach (int layer in lens)
            {
                Console.Out.WriteLine($"after {layer} layers:");
                Print(tokens, Lens(model, hooks!.Captured(layer), tokens.Length));
            }
        }

        return ExitCode.Done;
    }

    private static float[][] Run(LanguageModel model, int[] tokens, CancellationToken cancellationToken)
    {
        using var progress = new ProgressBar("Reading the tokens", tokens.Length);
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        int vocabulary = model.Configuration.VocabularySize;
        View2<float> logits = model.Device.Allocate<float>(tokens.Length, vocabulary);
        using DeviceMemory memory = logits.Memory!;
        model.Transformer.Forward(tokens, cache, logits, progress, cancellationToken);
        var rows = new float[tokens.Length][];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = logits.Row(i).ToArray();
        return rows;
    }

    private static void Print(int[] tokens, float[][] logits)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            IEnumerable<string> best = logits[i].Index().OrderByDescending(pair => pair.Item).Take(Shown)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Index} {pair.Item:F4}"));
            Console.Out.WriteLine($"after {tokens[i]}: {string.Join(", ", best)}");
        }
    }

    private static void Print(int[] tokens, int layer, IReadOnlyList<AttentionMap> maps)
    {
        foreach (AttentionMap map in maps)
        {
            foreach ((int i, int head) in map.Heads.Index())
            {
                IEnumerable<string> most = map.Weights[i].Index().OrderByDescending(pair => pair.Item).Take(Shown)
                    .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Index} {pair.Item:F4}"));
                Console.Out.WriteLine($"layer {layer}, head {head}, position {map.Position} ({tokens[map.Position]}) looks at {string.Join(", ", most)}");
            }
        }
    }

    private static float[][] Rows(float[] all, int rows) => [.. all.Chunk(all.Length / rows)];

    private static float[][] Lens(LanguageModel model, float[] states, int tokens)
    {
        int vocabulary = model.Configuration.VocabularySize, length = model.Configuration.EmbeddingLength;
        View2<float> logits = model.Device.Allocate<float>(1, vocabulary), state = model.Device.Allocate<float>(1, length);
        using DeviceMemory logitsMemory = logits.Memory!, stateMemory = state.Memory!;
        var rows = new float[tokens][];
        for (int i = 0; i < tokens; i++)
        {
            state.Row(0).CopyFrom(states.AsSpan(i * length, length));
            model.Transformer.Unembed(state, logits);
            rows[i] = logits.Row(0).ToArray();
        }

        return rows;
    }

    private static int[] Numbers(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? [.. ListOption.Indices(text, option.Name)] : [];

    private static LayerHooks? Hooks(LanguageModel model, int[] layers, int[] heads, int[] states)
    {
        if (layers.Length == 0 && heads.Length > 0)
            throw new UsageException($"{s_heads.Name} needs {s_attention.Name}.");
        LayerHook[] all = [.. layers.Select(layer => new CaptureAttention(layer) { Heads = heads.Length == 0 ? null : heads }), .. states.Select(layer => new CaptureStates(layer))];
        return all.Length == 0 ? null : new LayerHooks(model.Transformer, all);
    }

    private static int[] ReadTokens(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            throw new UsageException("--tokens names no token.");
        return [.. parts.Select(part => int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id)
            ? id
            : throw new UsageException($"--tokens has '{part}', which is no token id. Ids are integers separated by commas."))];
    }
}
