using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Quantization;

/// <summary>What became of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">Its type before.</param>
/// <param name="To">Its type now.</param>
/// <param name="Elements">Its elements.</param>
/// <param name="Bytes">Bytes of its data now.</param>
public sealed record QuantizedTensor(string Name, GgmlType From, GgmlType To, long Elements, long Bytes);
