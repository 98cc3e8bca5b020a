namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf quantize --json</c> prints.</summary>
internal sealed record QuantizeOutput(
    string Out, string Type, long Bytes, long Elements, double BitsPerWeight, double Seconds, IReadOnlyList<QuantizeTensor> Tensors);
