namespace KernelFoundry.Cli.Output;

/// <summary>A parameter: its kind, its type, the axes of a view, the values that are compiled for.</summary>
internal sealed record KernelParameterOutput(string Name, string Kind, string Type, IReadOnlyList<string> Shape, IReadOnlyList<int> Values);
