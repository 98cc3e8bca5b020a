using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using KernelFoundry.Cli.Chat;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Cli.Commands;

/// <summary>The tool: parses, runs, and turns what goes wrong into one paragraph and an exit code.</summary>
internal static class Tool
{
    private static readonly Option<bool> s_verbose = new("--verbose")
    {
        Description = "Print the stack trace of an error.",
        Recursive = true,
    };

    /// <summary>The commands by their names.</summary>
    public static IReadOnlyList<(string Name, Func<Command> Create)> Commands { get; } =
    [
        ("generate", GenerateCommand.Create),
        ("train", TrainCommand.Create),
        ("chat", ChatCommand.Create),
        ("bench", BenchCommand.Create),
        ("tune", TuneCommand.Create),
        ("logits", LogitsCommand.Create),
        ("tokenize", TokenizeCommand.Create),
        ("tokenizer", TokenizerCommand.Create),
        ("inspect", InspectCommand.Create),
        ("quantize", QuantizeCommand.Create),
        ("convert", ConvertCommand.Create),
        ("embed", EmbedCommand.Create),
        ("perplexity", PerplexityCommand.Create),
        ("devices", DevicesCommand.Create),
        ("kernels", KernelsCommand.Create),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var root = new RootCommand("Generate text with GGUF models, quantize and measure them, and look at models, devices and kernels.");
        root.Options.Add(s_verbose);
        foreach (Command command in Asked(args))
            root.Subcommands.Add(command);

        // A prompt may begin with '@': nothing is read from files named so.
        ParseResult parsed = root.Parse(WithEmptyValues(root, args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // A message may list choices on lines of their own; an error is one paragraph.
            IEnumerable<string> words = parsed.Errors.SelectMany(
                error => error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            string errors = string.Join(' ', words);
            return Report($"{errors} See '{NameOf(parsed.CommandResult.Command)} --help'.", ExitCode.WrongUsage);
        }

        using var cancel = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Interrupt(signal, cancel));
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancel.Token);
        }
        catch (Exception error)
        {
            int code = error switch
            {
                UsageException => ExitCode.WrongUsage,
                InvalidModelException or ModelFileException or TemplateException => ExitCode.UnreadableModel,
                _ => ExitCode.Failed,
            };
            string text = error is OperationCanceledException ? "Cancelled." : error.Message;
            return Report(parsed.GetValue(s_verbose) ? $"{text}{Environment.NewLine}{error}" : text, code);
        }
    }

    // The command that the first word names, and all where it names none: their options alone take thirty milliseconds to make.
    private static IEnumerable<Command> Asked(string[] args)
    {
        var named = Commands.Where(command => command.Name == args.FirstOrDefault());
        return (named.Any() ? named : Commands).Select(command => command.Create());
    }

    // The parser takes `--prompt=` for an option without a value; it is one whose value is empty.
    private static string[] WithEmptyValues(RootCommand root, string[] args)
    {
        HashSet<string> options = [.. root.Subcommands.SelectMany(c => c.Options).Select(o => o.Name + "=")];
        return [.. args.SelectMany<string, string>(arg => options.Contains(arg) ? [arg[..^1], ""] : [arg])];
    }

    // The first Ctrl-C asks the command to end; a second one ends the process.
    private static void Interrupt(PosixSignalContext signal, CancellationTokenSource cancel)
    {
        if (AnswerInterrupt.IsInCharge)
            return;
        signal.Cancel = !cancel.IsCancellationRequested;
        cancel.Cancel();
    }

    private static int Report(string text, int code)
    {
        Console.Error.WriteLine($"kf: {text}");
        return code;
    }

    private static string NameOf(Command command) =>
        command is RootCommand ? "kf" : $"{NameOf((Command)command.Parents.First())} {command.Name}";
}
