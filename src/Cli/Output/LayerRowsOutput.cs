namespace KernelFoundry.Cli.Output;

/// <summary>Rows of numbers of the stream after some layers, [tokens][numbers]: hidden states, or their logits.</summary>
internal sealed record LayerRowsOutput(int Layer, IReadOnlyList<IReadOnlyList<float>> Rows);
