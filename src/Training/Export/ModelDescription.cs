using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Training.Export;

/// <summary>What a model's file says of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its sizes.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="ChatTemplate">Its chat template; null for none, or for that of the base.</param>
/// <param name="Base">The model it was trained from, whose metadata it keeps; null for one from nothing.</param>
internal sealed record ModelDescription(string Name, ModelConfiguration Model, Tokenizer Tokenizer, string? ChatTemplate, GgufFile? Base);
