namespace KernelFoundry.Inference.Models;

/// <summary>The states that the splits of decoded tokens' attention leave.</summary>
/// <param name="Max">Largest score, [sequences, splits, heads].</param>
/// <param name="Sum">Sum of exp(score - max), [sequences, splits, heads].</param>
/// <param name="Acc">Sum of exp(score - max) times the values, [sequences, splits, heads, headDim].</param>
internal readonly record struct AttentionSplits(View3<float> Max, View3<float> Sum, View4<float> Acc);
