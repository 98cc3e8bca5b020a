namespace KernelFoundry.Inference.Generation;

/// <summary>What a <see cref="BatchEngine"/> is doing.</summary>
/// <param name="Running">Sequences that run.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Steps">Steps so far.</param>
/// <param name="Tokens">Tokens that went through the model so far, prompts' included.</param>
/// <param name="Blocks">Blocks of keys and values there are.</param>
/// <param name="FreeBlocks">Blocks that nothing holds.</param>
/// <param name="PrefixBlocks">Blocks kept because later prompts may begin as earlier ones did.</param>
public sealed record BatchStatistics(int Running, int Queued, long Steps, long Tokens, int Blocks, int FreeBlocks, int PrefixBlocks);
