namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Multi-head latent attention: ranks, and elements of a head's key without and with positions, and of its value.</summary>
internal sealed record Latent(int QueryRank, int Rank, int Plain, int Turned, int Value);
