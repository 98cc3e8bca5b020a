using System.Text.Json;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Templates;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>What a request's options ask for. What cannot be honoured is an error that names the option, never left out silently.</summary>
/// <param name="client">The client.</param>
/// <param name="model">Its model.</param>
/// <param name="id">What the model is called.</param>
/// <param name="grammar">The last request's grammar.</param>
internal sealed class RequestOptions(IChatClient client, LanguageModel model, string id, LastGrammar grammar)
{
    /// <exception cref="ArgumentException">An option cannot be honoured.</exception>
    public ChatSettings Apply(ChatSettings settings, ChatOptions? options)
    {
        if (options is null)
            return settings;
        settings = options.RawRepresentationFactory?.Invoke(client) as ChatSettings ?? settings;
        Require(options.ModelId is null || options.ModelId == id, nameof(options.ModelId), $"'{options.ModelId}'", $"'{id}', the model that is open, or null");
        Require(options.ConversationId is null, nameof(options.ConversationId), "given", "null: every request brings its whole conversation");
        Require(options.MaxOutputTokens is null or > 0, nameof(options.MaxOutputTokens), $"{options.MaxOutputTokens}", "1 or more");
        settings = settings with
        {
            Tools = Tools(settings, options),
            RequiresCall = options.ToolMode is RequiredChatToolMode || (options.ToolMode is null && settings.RequiresCall),
        };
        settings = settings with { Variables = Variables(settings, options.AdditionalProperties) };
        if (options.ToolMode is RequiredChatToolMode)
            RequireCalls(settings);
        return Decoded(settings, RequestProperties.Read(options));
    }

    private ChatSettings Decoded(ChatSettings settings, IReadOnlyList<(DecodingOption Option, object Value, string Name)> given)
    {
        if (given.Count == 0)
            return settings;
        DecodingRequest standard = DecodingRequest.From(settings.Generation with { Speculation = null }) with { Guidance = settings.Guidance, Search = settings.Search };
        var sources = new OptionSources(model) { Remember = grammar.Read, NameOf = option => given.First(each => each.Option == option).Name };
        DecodingRequest request = DecodingOptionTable.Read([.. given.Select(each => (each.Option, each.Value))], sources, standard);
        GenerationOptions generation = request.Generation with { Speculation = request.Drafts.ToSpeculation() ?? settings.Generation.Speculation };
        if (settings.Generation.Pipeline is { } pipeline)
        {
            if (request.Generation.Decoding != standard.Generation.Decoding)
                throw new ArgumentException($"The client's settings have a {nameof(settings.Generation.Pipeline)} that says how tokens are chosen; requests cannot change it by {nameof(ChatOptions)}.");
            generation = generation with { Decoding = null, Pipeline = pipeline };
        }

        if (settings.RequiresCall && request.Grammar is not null)
            throw new ArgumentException($"{nameof(ChatOptions)}.{nameof(ChatOptions.ToolMode)} requires a call, and a grammar says otherwise what the answer is; leave one out.");
        return settings with { Grammar = request.Grammar ?? settings.Grammar, Guidance = request.Guidance, Search = request.Search, Generation = generation };
    }

    private static IReadOnlyList<ChatTool> Tools(ChatSettings settings, ChatOptions options)
    {
        IReadOnlyList<ChatTool> tools = options.ToolMode is NoneChatToolMode ? [] : options.Tools is null ? settings.Tools : [.. options.Tools.Select(Tool)];
        if (options.ToolMode is not RequiredChatToolMode { RequiredFunctionName: { } name })
            return tools;
        return [tools.FirstOrDefault(tool => tool.Name == name) ?? throw new ArgumentException($"{nameof(ChatOptions)}.{nameof(options.ToolMode)} requires '{name}'; it must be one of {nameof(ChatOptions)}.{nameof(options.Tools)}.")];
    }

    private void RequireCalls(ChatSettings settings)
    {
        Require(settings.Tools.Count > 0, nameof(ChatOptions.ToolMode), "required", "auto or none without tools");
        ChatFormat format = settings.Format ?? ChatFormats.Detect(TemplateOf(settings).Source);
        Require(format.CanRequireCall, nameof(ChatOptions.ToolMode), "required", $"auto or none: models of the family '{format.Name}' write no calls as JSON");
    }

    private ChatTemplate TemplateOf(ChatSettings settings) => settings.Template ?? model.ChatTemplates.Get(hasTools: settings.Tools.Count > 0);

    private static ChatTool Tool(AITool tool)
    {
        if (tool is AIFunctionDeclaration function)
            return new ChatTool(function.Name, function.Description, function.JsonSchema.GetRawText());
        throw new ArgumentException($"ChatOptions.Tools has '{tool.Name}' of the type {tool.GetType().Name}; it must be a function.");
    }

    // What is no option is a variable of the template, such as enable_thinking; what is nearly one is a mistake, unless the template has heard of it.
    private IReadOnlyDictionary<string, TemplateValue> Variables(ChatSettings settings, AdditionalPropertiesDictionary? properties)
    {
        if (properties is null || properties.Count == 0)
            return settings.Variables;
        var variables = new Dictionary<string, TemplateValue>(settings.Variables, StringComparer.Ordinal);
        foreach ((string name, object? value) in properties)
        {
            if (RequestProperties.Has(name))
                continue;
            if (NearName.Of(name) is { } near && !TemplateOf(settings).Source.Contains(name, StringComparison.Ordinal))
                throw new ArgumentException($"{nameof(ChatOptions)}.{nameof(ChatOptions.AdditionalProperties)}[\"{name}\"] is no option, and no variable of the template; {near} was probably meant.");
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

    private static void Require(bool holds, string option, string found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"ChatOptions.{option} is {found}; it must be {expected}.");
    }
}
