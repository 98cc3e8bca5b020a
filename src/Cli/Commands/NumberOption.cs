using System.CommandLine;

namespace KernelFoundry.Cli.Commands;

/// <summary>Options that are whole numbers.</summary>
internal static class NumberOption
{
    public static Option<int> Create(string name, string value, string description, int standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };

    /// <exception cref="UsageException">The value is smaller.</exception>
    public static int AtLeast(int least, ParseResult parsed, Option<int> option) => parsed.GetValue(option) is var value && value >= least
        ? value
        : throw new UsageException($"{option.Name} is {value}; it must be {least} or more.");
}
