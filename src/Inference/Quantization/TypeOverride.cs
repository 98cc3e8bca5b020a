using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Quantization;

/// <summary>Matrices to which a recipe gives another type than to the rest.</summary>
/// <param name="Role">What they are for.</param>
/// <param name="Type">Their type.</param>
/// <param name="Where">Which of them.</param>
public sealed record TypeOverride(TensorRole Role, GgmlType Type, Func<TensorPlace, bool> Where);
