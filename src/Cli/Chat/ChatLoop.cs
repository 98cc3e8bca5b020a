using System.Globalization;
using KernelFoundry.Cli.Commands;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Cli.Chat;

/// <summary>Reads messages and commands, and answers the messages. A command is one line of the table.</summary>
internal sealed class ChatLoop
{
    private readonly ChatSession _session;
    private readonly ChatSettings _settings;
    private readonly ChatInput _input;
    private readonly AnswerInterrupt _interrupt;
    private readonly AnswerPrinter _printer;
    private readonly SortedDictionary<string, (string Help, Action<string> Run)> _commands;
    private Conversation _conversation;
    private GenerationStatistics? _last;
    private FinishReason? _lastReason;
    private bool _isDone;

    public ChatLoop(
        ChatSession session, ChatSettings settings, Conversation conversation, ChatInput input, AnswerInterrupt interrupt, bool showsThoughts)
    {
        _session = session;
        _settings = settings;
        _conversation = conversation;
        _input = input;
        _interrupt = interrupt;
        _printer = new AnswerPrinter(showsThoughts);
        _commands = new(StringComparer.Ordinal)
        {
            ["/exit"] = ("ends the program; so does the end of the input", _ => _isDone = true),
            ["/help"] = ("prints this list", _ => Help()),
            ["/load"] = ("FILE: goes on with a saved conversation", Load),
            ["/reset"] = ("forgets the conversation, but not what /system said", _ => Reset()),
            ["/save"] = ("FILE: saves the conversation as JSON", Save),
            ["/stats"] = ("prints what the last answer took", _ => Statistics()),
            ["/system"] = ("TEXT: tells the model something before the conversation; without TEXT, nothing", System),
        };
    }

    /// <summary>Runs until the input ends.</summary>
    /// <returns>The exit code: that of the last error if the input is piped, so that scripts notice.</returns>
    public async Task<int> RunAsync()
    {
        int code = ExitCode.Done;
        while (!_isDone && _input.Read() is { } text)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            try
            {
                if (text.StartsWith('/'))
                    RunCommand(text);
                else
                    await AnswerAsync(text);
            }
            catch (Exception error) when (error is UsageException or TemplateException or ArgumentException)
            {
                // The conversation goes on: the user can put it right.
                Say(error.Message);
                code = ExitCode.Failed;
            }
        }

        return Console.IsInputRedirected ? code : ExitCode.Done;
    }

    private async Task AnswerAsync(string text)
    {
        _conversation.Add(new ChatMessage(ChatRoles.User, text));
        ChatMessage? answer = null;
        CancellationToken cancel = _interrupt.Begin();
        try
        {
            await foreach (ChatAnswer piece in _session.AnswerAsync(_conversation.Messages, _settings, cancel))
            {
                _printer.Print(piece.Delta);
                (answer, _last, _lastReason) = (piece.Message, piece.Statistics ?? _last, piece.FinishReason ?? _lastReason);
            }
        }
        finally
        {
            _interrupt.End();
            _printer.EndAnswer();

            // What has no answer is not part of the conversation.
            if (answer is null)
                _conversation.RemoveLast();
        }

        if (answer is not null)
            _conversation.Add(answer);
        if (_lastReason is FinishReason.Cancelled or FinishReason.Length or FinishReason.Context)
            Say(Why(_lastReason.Value));
        if (!Console.IsInputRedirected)
            Statistics();
    }

    private void RunCommand(string text)
    {
        int space = text.AsSpan().IndexOfAny(' ', '\n');
        string name = space < 0 ? text : text[..space];
        if (!_commands.TryGetValue(name, out var command))
            throw new UsageException($"There is no command {name}; /help lists them.");
        command.Run(space < 0 ? "" : text[(space + 1)..].Trim());
    }

    private void Help()
    {
        foreach ((string name, (string help, _)) in _commands)
            Say($"  {name,-8} {help}");
        Say("A line that ends with \\ goes on in the next; lines between two of \"\"\" are one message. Ctrl-C ends an answer; arrows bring earlier lines back.");
    }

    private void Load(string file)
    {
        _conversation = Conversation.Load(Named(file));
        Say($"Loaded {_conversation.Messages.Count} messages.");
    }

    private void Save(string file)
    {
        _conversation.Save(Named(file));
        Say($"Saved {_conversation.Messages.Count} messages.");
    }

    private void Reset()
    {
        _conversation.Reset();
        Say("The conversation is forgotten.");
    }

    private void System(string text)
    {
        _conversation.SetSystem(text);
        Say(text.Length > 0 ? "The model is told so from now on." : "The model is told nothing before the conversation.");
    }

    private void Statistics() => Say(_last is null ? "There has been no answer yet." : string.Create(CultureInfo.InvariantCulture,
        $"[prompt {_last.PromptTokens} tokens, {_last.CachedTokens} kept, {_last.PrefillTokensPerSecond:F0} tokens/s; answer {_last.GeneratedTokens} tokens, {_last.DecodeTokensPerSecond:F1} tokens/s]"));

    private static string Named(string file) => file.Length > 0 ? file : throw new UsageException("Name a file.");

    private static string Why(FinishReason reason) => reason switch
    {
        FinishReason.Length => "[The answer reached --max-tokens.]",
        FinishReason.Context => "[The model's context is full; /reset begins anew.]",
        _ => "[The answer was interrupted.]",
    };

    private static void Say(string text) => Console.Error.WriteLine(text);
}
