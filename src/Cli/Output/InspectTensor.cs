namespace KernelFoundry.Cli.Output;

/// <summary>One tensor of a file. The shape is in file order, length of a row first.</summary>
internal sealed record InspectTensor(string Name, string Type, IReadOnlyList<long> Shape, long Offset, long Bytes);
