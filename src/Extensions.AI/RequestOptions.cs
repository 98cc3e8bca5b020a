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
    private const string MinP = "min_p", DraftLookup = "draft_lookup", DraftRecycling = "draft_recycling";

    /// <exception cref="ArgumentException">An option cannot be honoured.</exception>
    public static ChatSettings Apply(ChatSettings settings, ChatOptions? options, IChatClient client, string model)
    {
        if (options is null)
            return settings;
        settings = options.RawRepresentationFactory?.Invoke(client) as ChatSettings ?? settings;
        Require(options.ModelId is null || options.ModelId == model, nameof(options.ModelId), $"'{options.ModelId}'", $"'{model}', the model that is open, or null");
        Require(options.ConversationId is null, nameof(options.ConversationId), "given", "null: every request brings its whole conversation");
        Require(options.FrequencyPenalty is null or 0, nameof(options.FrequencyPenalty), Text(options.FrequencyPenalty), "null: there are no penalties");
        Require(options.PresencePenalty is null or 0, nameof(options.PresencePenalty), Text(options.PresencePenalty), "null: there are no penalties");
        Require(options.ResponseFormat is null or ChatResponseFormatText, nameof(options.ResponseFormat), "JSON", "null or text: answers are not constrained");
        Require(options.ToolMode is null or AutoChatToolMode or NoneChatToolMode, nameof(options.ToolMode), "required", "auto or none: the model decides");
        return settings with
        {
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
        float minP = standard.MinP;
        if (options.AdditionalProperties?.TryGetValue(MinP, out object? given) == true)
        {
            minP = Convert.ToSingle(given, CultureInfo.InvariantCulture);
            Require(minP is >= 0 and <= 1, $"{nameof(options.AdditionalProperties)}[\"{MinP}\"]", Text(minP), "from 0 to 1");
        }

        int lookup = Tokens(options, DraftLookup), recycling = Tokens(options, DraftRecycling);
        Require(lookup == 0 || recycling == 0, $"{nameof(options.AdditionalProperties)}[\"{DraftRecycling}\"]", $"{recycling}", $"0 with \"{DraftLookup}\"");
        return standard with
        {
            Speculation = lookup > 0 ? new SpeculationOptions { Drafts = new PromptLookup(lookup) }
                : recycling > 0 ? new SpeculationOptions { Drafts = new TokenRecycling(Math.Max(recycling, 2)) }
                : standard.Speculation,
            MaxTokens = options.MaxOutputTokens ?? standard.MaxTokens,
            Temperature = options.Temperature ?? standard.Temperature,
            TopK = options.TopK ?? standard.TopK,
            TopP = options.TopP ?? standard.TopP,
            MinP = minP,
            Seed = (uint?)options.Seed ?? standard.Seed,
            StopStrings = options.StopSequences is null ? standard.StopStrings : [.. options.StopSequences],
        };
    }

    private static int Tokens(ChatOptions options, string name)
    {
        if (options.AdditionalProperties?.TryGetValue(name, out object? given) != true)
            return 0;
        long tokens = given is JsonElement { ValueKind: JsonValueKind.Number } json ? json.GetInt64() : Convert.ToInt64(given, CultureInfo.InvariantCulture);
        Require(tokens is >= 0 and <= 1024, $"{nameof(options.AdditionalProperties)}[\"{name}\"]", $"{tokens}", "a number of tokens from 0 to 1024");
        return (int)tokens;
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
            if (name is MinP or DraftLookup or DraftRecycling)
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
