namespace KernelFoundry.Cli.Output;

/// <summary>A type parameter and what it can be.</summary>
internal sealed record KernelTypeParameterOutput(string Name, string Interface, IReadOnlyList<string> Choices);
