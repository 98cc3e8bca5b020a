using System.CommandLine;

namespace KernelFoundry.Cli.Commands;

/// <summary>Options that <c>--help</c> shows together.</summary>
/// <param name="Title">What they have in common.</param>
/// <param name="Options">The options.</param>
internal sealed record OptionGroup(string Title, params IReadOnlyList<Option> Options);
