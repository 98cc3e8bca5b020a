using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace KernelFoundry.Cli.Commands;

/// <summary>The help of a command with many options: in groups, as wide as the terminal.</summary>
/// <param name="usage">The command line.</param>
/// <param name="description">What the command does.</param>
/// <param name="groups">Its options.</param>
internal sealed class GroupedHelp(string usage, string description, IReadOnlyList<OptionGroup> groups) : SynchronousCommandLineAction
{
    private const int Column = 32;
    private const int Width = 120;

    /// <summary>Help is given without the options that are required.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>The --help option that prints it.</summary>
    public static HelpOption For(string usage, string description, IReadOnlyList<OptionGroup> groups) =>
        new() { Action = new GroupedHelp(usage, description, groups) };

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(description);
        output.WriteLine();
        output.WriteLine($"Usage: {usage}");
        foreach (OptionGroup group in groups)
        {
            output.WriteLine();
            output.WriteLine($"{group.Title}:");
            foreach (Option option in group.Options)
                Write(output, option);
        }

        return ExitCode.Done;
    }

    private static void Write(TextWriter output, Option option)
    {
        string value = option.ValueType == typeof(bool) ? "" : $" {option.HelpName ?? "VALUE"}";
        string standard = option.HasDefaultValue && option.ValueType != typeof(bool) && option.GetDefaultValue() is IFormattable or string
            ? $" [default: {Convert.ToString(option.GetDefaultValue(), System.Globalization.CultureInfo.InvariantCulture)}]"
            : "";
        string name = $"  {option.Name}{value}";
        var words = new Queue<string>(($"{option.Description}{(option.Required ? " (required)" : "")}{standard}").Split(' '));
        string line = name.PadRight(Column);
        if (name.Length >= Column)
        {
            output.WriteLine(name);
            line = new string(' ', Column);
        }

        while (words.TryDequeue(out string? word))
        {
            if (line.Length + word.Length >= Width)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', Column);
            }

            line += word + " ";
        }

        output.WriteLine(line.TrimEnd());
    }
}
