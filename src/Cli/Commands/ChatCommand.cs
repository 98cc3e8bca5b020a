using System.CommandLine;
using KernelFoundry.Cli.Chat;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf chat</c>: a conversation, on a terminal or from a pipe.</summary>
internal static class ChatCommand
{
    private static readonly GenerationOptions s_defaults = new();
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string?> s_system = new("--system") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };
    private static readonly Option<string?> s_template = new("--template")
    {
        Description = "A chat template by name, or a file with one; needed where the model comes without. Names: " + string.Join(", ", NamedChatTemplates.Names) + ".",
        HelpName = "NAME|FILE",
    };

    private static readonly Option<string?> s_load = new("--load") { Description = "Go on with a conversation saved with /save.", HelpName = "FILE" };
    private static readonly Option<int> s_maxTokens = NumberOption.Create("--max-tokens", "N", "Most tokens of an answer.", 1024);
    private static readonly Option<float> s_temperature = Float("--temperature", "T", "0 takes the most probable token every time.", 0.7f);
    private static readonly Option<int> s_topK = NumberOption.Create("--top-k", "K", "Draw from the K most probable tokens; 0 for all.", s_defaults.TopK);
    private static readonly Option<float> s_topP = Float("--top-p", "P", "Draw from the most probable tokens that have probability P together.", 0.95f);
    private static readonly Option<float> s_minP = Float("--min-p", "P", "Draw from tokens at least P times as probable as the best.", s_defaults.MinP);
    private static readonly Option<uint?> s_seed = new("--seed") { Description = "Seed of the random numbers, 0 to 2^32 - 1; a new one every time if absent.", HelpName = "S" };
    private static readonly Option<bool> s_hideThoughts = new("--hide-thoughts") { Description = "Do not print what the model thinks before it answers." };
    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<string[]> s_lora = CommonOptions.Lora();
    private static readonly Option<bool> s_mergeLora = CommonOptions.MergeLora();
    private static readonly Option<string[]> s_controlVectors = CommonOptions.ControlVectors();
    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();

    public static Command Create()
    {
        var command = new Command("chat", "Talk with a model. Answers go to stdout, everything else to stderr; /help lists what can be typed.")
        {
            s_model, s_system, s_template, s_load, s_maxTokens, s_temperature, s_topK, s_topP, s_minP, s_seed, s_hideThoughts, s_cacheType,
            s_activations, s_lora, s_mergeLora, s_controlVectors, s_device, s_threads,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        using LanguageModel model = Opening.Model(
            parsed.GetRequiredValue(s_model), device, CommonOptions.WithAdapters(CommonOptions.Options(parsed, s_cacheType, s_activations), parsed, s_lora, s_mergeLora));
        using LayerHooks? steering = CommonOptions.Steer(model, parsed, s_controlVectors);
        using var interrupt = new AnswerInterrupt();
        var settings = new ChatSettings
        {
            Template = Template(parsed.GetValue(s_template), model),
            Generation = new GenerationOptions
            {
                MaxTokens = NumberOption.AtLeast(1, parsed, s_maxTokens),
                Temperature = parsed.GetValue(s_temperature),
                TopK = parsed.GetValue(s_topK),
                TopP = parsed.GetValue(s_topP),
                MinP = parsed.GetValue(s_minP),
                Seed = parsed.GetValue(s_seed),
            },
        };
        Conversation conversation = parsed.GetValue(s_load) is { } file ? Conversation.Load(file) : new Conversation();
        if (parsed.GetValue(s_system) is { } system)
            conversation.SetSystem(system);
        using var session = new ChatSession(model);
        var input = new ChatInput(TerminalLines.IsPossible ? new TerminalLines() : new PlainLines(Console.In, isTerminal: !Console.IsInputRedirected));
        if (!Console.IsInputRedirected)
            Console.Error.WriteLine($"{Path.GetFileName(model.Name)}, context of {model.Configuration.ContextLength} tokens. /help lists what can be typed; Ctrl-D ends the program.");
        var loop = new ChatLoop(session, settings, conversation, input, interrupt, showsThoughts: !parsed.GetValue(s_hideThoughts));
        return await loop.RunAsync();
    }

    /// <exception cref="InvalidModelException">None is named, and the model comes without.</exception>
    /// <exception cref="UsageException">It is neither the name of a template nor a file.</exception>
    private static ChatTemplate Template(string? nameOrFile, LanguageModel model)
    {
        if (nameOrFile is null)
            return model.ChatTemplates.Get();
        ChatTokens tokens = model.ChatTemplates.Tokens;
        if (NamedChatTemplates.Names.Contains(nameOrFile))
            return NamedChatTemplates.Get(nameOrFile, tokens);
        if (model.ChatTemplates.Names.Contains(nameOrFile))
            return model.ChatTemplates.Get(nameOrFile);
        return ChatTemplate.Parse(TextFile.Read(nameOrFile), nameOrFile, tokens);
    }

    private static Option<float> Float(string name, string value, string description, float standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };
}
