using System.CommandLine;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options of <see cref="DecodingOptionTable"/> as flags.</summary>
internal static class DecodingFlags
{
    private static readonly Dictionary<DecodingOption, Option> s_flags = DecodingOptionTable.Options.Values.ToDictionary(option => option, Flag);

    /// <summary>The flags, in the table's groups.</summary>
    public static IReadOnlyList<OptionGroup> Groups { get; } = [.. DecodingOptionTable.Groups.Select(group => new OptionGroup(group.Title, [.. group.Options.Select(option => s_flags[option])]))];

    /// <summary>The flag of an option.</summary>
    public static Option Of(string name) => s_flags[DecodingOptionTable.Options[name]];

    /// <summary>What the flags ask for.</summary>
    /// <exception cref="UsageException">A value is none for its flag, or flags contradict each other.</exception>
    public static DecodingRequest Read(ParseResult parsed, OptionSources sources)
    {
        (DecodingOption, object)[] given = [.. s_flags.Where(each => parsed.GetResult(each.Value) is { Implicit: false }).Select(each => (each.Key, Value(parsed, each.Key, each.Value)))];
        return UsageException.Check(() => DecodingOptionTable.Read(given, sources with { NameOf = option => option.Flag }));
    }

    private static object Value(ParseResult parsed, DecodingOption option, Option flag) => flag switch
    {
        Option<bool> isOn => parsed.GetValue(isOn),
        Option<string[]> list => parsed.GetValue(list)!,
        Option<string> text when option.IsFile => TextFile.Read(parsed.GetValue(text)!),
        _ => parsed.GetValue((Option<string>)flag)!,
    };

    private static Option Flag(DecodingOption option)
    {
        string standard = option.Standard is { } text ? $" [default: {text}]" : option.IsList ? " Any number of times." : "";
        string description = option.Description + standard;
        return option switch
        {
            { IsSwitch: true } => new Option<bool>(option.Flag) { Description = description },
            { IsList: true } => new Option<string[]>(option.Flag) { Description = description, HelpName = option.Value },
            _ => new Option<string>(option.Flag) { Description = description, HelpName = option.Value },
        };
    }
}
