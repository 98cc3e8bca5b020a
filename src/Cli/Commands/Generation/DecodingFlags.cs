using System.CommandLine;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options of <see cref="DecodingOptionTable"/> as flags of a command.</summary>
internal sealed class DecodingFlags
{
    private readonly DecodingRequest _standard;
    private readonly Dictionary<DecodingOption, Option> _flags;

    /// <param name="standard">What holds where no flag says otherwise.</param>
    /// <param name="isTaken">Which options the command has.</param>
    public DecodingFlags(DecodingRequest standard, Func<DecodingOption, bool> isTaken)
    {
        _standard = standard;
        _flags = DecodingOptionTable.Options.Values.Where(isTaken).ToDictionary(option => option, Flag);
        Groups = [.. DecodingOptionTable.Groups.Select(group => new OptionGroup(group.Title, [.. group.Options.Where(isTaken).Select(option => _flags[option])])).Where(group => group.Options.Count > 0)];
    }

    /// <summary>The flags, in the table's groups.</summary>
    public IReadOnlyList<OptionGroup> Groups { get; }

    /// <summary>The flag of an option.</summary>
    public Option Of(string name) => _flags[DecodingOptionTable.Options[name]];

    /// <summary>What the flags ask for.</summary>
    /// <exception cref="UsageException">A value is none for its flag, or flags contradict each other.</exception>
    public DecodingRequest Read(ParseResult parsed, OptionSources sources)
    {
        (DecodingOption, object)[] given = [.. _flags.Where(each => parsed.GetResult(each.Value) is { Implicit: false }).Select(each => (each.Key, Value(parsed, each.Key, each.Value)))];
        return UsageException.Check(() => DecodingOptionTable.Read(given, sources with { NameOf = option => option.Flag }, _standard));
    }

    private static object Value(ParseResult parsed, DecodingOption option, Option flag) => flag switch
    {
        Option<bool> isOn => parsed.GetValue(isOn),
        Option<string[]> list => parsed.GetValue(list)!,
        Option<string> text when option.IsFile => TextFile.Read(parsed.GetValue(text)!),
        _ => parsed.GetValue((Option<string>)flag)!,
    };

    private Option Flag(DecodingOption option)
    {
        string standard = option.ValueIn(_standard) is { } text ? $" [default: {text}]" : option.IsList ? " Any number of times." : "";
        string description = option.Description + standard;
        return option switch
        {
            { IsSwitch: true } => new Option<bool>(option.Flag) { Description = description },
            { IsList: true } => new Option<string[]>(option.Flag) { Description = description, HelpName = option.Value },
            _ => new Option<string>(option.Flag) { Description = description, HelpName = option.Value },
        };
    }
}
