using System.CommandLine;
using KernelFoundry.Cli.Chat;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf chat</c>: a conversation, on a terminal or from a pipe.</summary>
internal static class ChatCommand
{
    // A conversation is printed, and what is measured with it is not.
    private static readonly DecodingFlags s_decoding = new(
        new DecodingRequest { Generation = new GenerationOptions { MaxTokens = 1024, Decoding = new DecodingOptions { Temperature = 0.7f, TopP = 0.95f } } },
        option => option.NotInChat is null && option.Name != "logprobs");

    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string?> s_system = new("--system") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };
    private static readonly Option<string?> s_template = new("--template")
    {
        Description = "A chat template by name, or a file with one; needed where the model comes without. Names: " + string.Join(", ", NamedChatTemplates.Names) + ".",
        HelpName = "NAME|FILE",
    };

    private static readonly Option<string?> s_load = new("--load") { Description = "Go on with a conversation saved with /save.", HelpName = "FILE" };
    private static readonly Option<bool> s_hideThoughts = new("--hide-thoughts") { Description = "Do not print what the model thinks before it answers." };
    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<string[]> s_lora = CommonOptions.Lora();
    private static readonly Option<bool> s_mergeLora = CommonOptions.MergeLora();
    private static readonly Option<string[]> s_controlVectors = CommonOptions.ControlVectors();
    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();

    private static readonly OptionGroup[] s_groups =
    [
        new("Conversation", s_model, s_system, s_template, s_load, s_hideThoughts),
        .. s_decoding.Groups,
        new("Running", s_cacheType, s_activations, s_lora, s_mergeLora, s_controlVectors, s_device, s_threads),
    ];

    public static Command Create()
    {
        const string Description = "Talk with a model. Answers go to stdout, everything else to stderr; /help lists what can be typed.";
        var command = new Command("chat", Description);
        foreach (Option option in s_groups.SelectMany(group => group.Options))
            command.Options.Add(option);
        command.Options.Add(GroupedHelp.For("kf chat --model FILE [options]", Description, s_groups));
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        ModelOptions opening = CommonOptions.Options(parsed, s_cacheType, s_activations);
        using LanguageModel model = Opening.Model(parsed.GetRequiredValue(s_model), device, CommonOptions.WithAdapters(opening, parsed, s_lora, s_mergeLora));
        using LayerHooks? steering = CommonOptions.Steer(model, parsed, s_controlVectors);
        using var interrupt = new AnswerInterrupt();
        using var others = new OpenedModels(device, opening);
        DecodingRequest request = s_decoding.Read(parsed, new OptionSources(model) { Open = others.Open });
        var settings = new ChatSettings
        {
            Template = Template(parsed.GetValue(s_template), model),
            Generation = request.Generation with { Speculation = request.Drafts.ToSpeculation() },
            Grammar = request.Grammar,
            Guidance = request.Guidance,
            Search = request.Search,
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
}
