using System.Globalization;
using System.Text.Json;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Templates;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>What a request's options ask for. What cannot be honoured is an error that names the option, never left out silently.</summary>
internal static class RequestOptions
{
    private const string DraftLookup = "draft_lookup", DraftRecycling = "draft_recycling";

    /// <exception cref="ArgumentException">An option cannot be honoured.</exception>
    public static ChatSettings Apply(ChatSettings settings, ChatOptions? options, IChatClient client, string model, AnswerGrammar grammar)
    {
        if (options is null)
            return settings;
        settings = options.RawRepresentationFactory?.Invoke(client) as ChatSettings ?? settings;
        Require(options.ModelId is null || options.ModelId == model, nameof(options.ModelId), $"'{options.ModelId}'", $"'{model}', the model that is open, or null");
        Require(options.ConversationId is null, nameof(options.ConversationId), "given", "null: every request brings its whole conversation");
        Require(options.ToolMode is null or AutoChatToolMode or NoneChatToolMode, nameof(options.ToolMode), "required", "auto or none: the model decides");
        return settings with
        {
            Grammar = grammar.Read(options) ?? settings.Grammar,
            Generation = Generation(settings.Generation, options),
            Tools = options.ToolMode is NoneChatToolMode ? [] : options.Tools is null ? settings.Tools : [.. options.Tools.Select(Tool)],
            Variables = Variables(settings.Variables, options.AdditionalProperties),
        };
    }

    private static GenerationOptions Generation(GenerationOptions standard, ChatOptions options)
    {
        Require(options.Seed is null or (>= 0 and <= uint.MaxValue), nameof(options.Seed), $"{options.Seed}", "from 0 to 2^32 - 1");
        Require(options.MaxOutputTokens is null or > 0, nameof(options.MaxOutputTokens), $"{options.MaxOutputTokens}", "1 or more");
        Require(options.TopK is null or >= 0, nameof(options.TopK), $"{options.TopK}", "0 or more");
        Require(options.Temperature is null or (>= 0 and < float.PositiveInfinity), nameof(options.Temperature), Text(options.Temperature), "0 or more");
        Require(options.TopP is null or (> 0 and <= 1), nameof(options.TopP), Text(options.TopP), "above 0 and at most 1");
        Require(options.StopSequences?.Any(string.IsNullOrEmpty) != true, nameof(options.StopSequences), "partly empty", "texts that are not empty");
        Require(options.FrequencyPenalty is null || float.IsFinite(options.FrequencyPenalty.Value), nameof(options.FrequencyPenalty), Text(options.FrequencyPenalty), "a finite number");
        Require(options.PresencePenalty is null || float.IsFinite(options.PresencePenalty.Value), nameof(options.PresencePenalty), Text(options.PresencePenalty), "a finite number");
        int lookup = Tokens(options, DraftLookup), recycling = Tokens(options, DraftRecycling);
        Require(lookup == 0 || recycling == 0, $"{nameof(options.AdditionalProperties)}[\"{DraftRecycling}\"]", $"{recycling}", $"0 with \"{DraftLookup}\"");
        GenerationOptions generation = standard with
        {
            Speculation = lookup > 0 ? new SpeculationOptions { Drafts = new PromptLookup(lookup) }
                : recycling > 0 ? new SpeculationOptions { Drafts = new TokenRecycling(Math.Max(recycling, 2)) }
                : standard.Speculation,
            MaxTokens = options.MaxOutputTokens ?? standard.MaxTokens,
            StopStrings = options.StopSequences is null ? standard.StopStrings : [.. options.StopSequences],
        };
        return Draws(options) ? Drawn(generation, options) : generation;
    }

    // Whether a request says how tokens are chosen.
    private static bool Draws(ChatOptions options) => options.Temperature is not null || options.TopK is not null || options.TopP is not null || options.Seed is not null
        || options.FrequencyPenalty is not null || options.PresencePenalty is not null || options.AdditionalProperties?.Keys.Any(SamplingProperties.Has) == true;

    private static GenerationOptions Drawn(GenerationOptions standard, ChatOptions options)
    {
        if (standard.Pipeline is not null)
            throw new ArgumentException($"The client's settings have a {nameof(standard.Pipeline)} that says how tokens are chosen; requests cannot change it by {nameof(ChatOptions)}.");
        var decoding = new DecodingOptions
        {
            Temperature = options.Temperature ?? standard.Temperature,
            TopK = options.TopK ?? standard.TopK,
            TopP = options.TopP ?? standard.TopP,
            MinP = standard.MinP,
            Seed = (uint?)options.Seed ?? standard.Seed,
            FrequencyPenalty = options.FrequencyPenalty ?? 0,
            PresencePenalty = options.PresencePenalty ?? 0,
        };
        try
        {
            DecodingPipeline pipeline = SamplingProperties.Apply(decoding, options.AdditionalProperties).ToPipeline();
            return standard with { Pipeline = pipeline, Temperature = 0, TopK = 0, TopP = 1, MinP = 0, Seed = null };
        }
        catch (ArgumentException error) when (!error.Message.StartsWith(nameof(ChatOptions), StringComparison.Ordinal))
        {
            throw new ArgumentException($"{nameof(ChatOptions)}: {error.Message}", error);
        }
    }

    private static int Tokens(ChatOptions options, string name)
    {
        if (options.AdditionalProperties?.TryGetValue(name, out object? given) != true)
            return 0;
        int tokens = SamplingProperties.Count(name, given);
        Require(tokens is >= 0 and <= 1024, $"{nameof(options.AdditionalProperties)}[\"{name}\"]", $"{tokens}", "a number of tokens from 0 to 1024");
        return tokens;
    }

    private static ChatTool Tool(AITool tool)
    {
        if (tool is AIFunctionDeclaration function)
            return new ChatTool(function.Name, function.Description, function.JsonSchema.GetRawText());
        throw new ArgumentException($"ChatOptions.Tools has '{tool.Name}' of the type {tool.GetType().Name}; it must be a function.");
    }

    // Everything else is a variable of the template, such as enable_thinking.
    private static IReadOnlyDictionary<string, TemplateValue> Variables(
        IReadOnlyDictionary<string, TemplateValue> standard, AdditionalPropertiesDictionary? properties)
    {
        if (properties is null || properties.Count == 0)
            return standard;
        var variables = new Dictionary<string, TemplateValue>(standard, StringComparer.Ordinal);
        foreach ((string name, object? value) in properties)
        {
            if (name is DraftLookup or DraftRecycling || SamplingProperties.Has(name) || AnswerGrammar.Has(name))
                continue;
            variables[name] = value switch
            {
                null => TemplateValue.None,
                bool boolean => TemplateValue.From(boolean),
                string text => TemplateValue.From(text),
                int integer => TemplateValue.From(integer),
                long integer => TemplateValue.From(integer),
                float real => TemplateValue.From(real),
                double real => TemplateValue.From(real),
                JsonElement json => TemplateValue.FromJson(json),
                _ => throw new ArgumentException(
                    $"ChatOptions.AdditionalProperties[\"{name}\"] is of the type {value.GetType().Name}; a template's variable is a boolean, number, text or JsonElement."),
            };
        }

        return variables;
    }

    private static string Text(float? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static void Require(bool holds, string option, string found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"ChatOptions.{option} is {found}; it must be {expected}.");
    }
}
