namespace KernelFoundry.Cli.Output;

/// <summary>What became of a tensor.</summary>
internal sealed record QuantizeTensor(string Name, string From, string To, long Elements, long Bytes);
