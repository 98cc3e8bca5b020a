namespace KernelFoundry.Inference.Models;

/// <summary>Divisors of the rotary frequencies that a file has as tensors, one a pair.</summary>
/// <param name="Always">Those of Llama 3.1 (Grattafiori et al., "The Llama 3 Herd of Models", 2024); null for none.</param>
/// <param name="Short">Those of LongRoPE for sequences up to the original context (Ding et al., "LongRoPE", 2024); null for none.</param>
/// <param name="Long">Those of LongRoPE for longer ones; null for none.</param>
internal sealed record RotaryDivisors(float[]? Always, float[]? Short, float[]? Long);
