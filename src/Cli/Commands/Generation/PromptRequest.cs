using KernelFoundry.Inference.Generation;

namespace KernelFoundry.Cli.Commands;

/// <summary>A prompt of a file, as the batch engine takes it.</summary>
internal sealed record PromptRequest(PromptLine Line, int[] Tokens, GenerationOptions Options);
