namespace KernelFoundry.Inference.Decoding;

/// <summary>What a verifier decided after a node.</summary>
/// <param name="Token">The token that comes next.</param>
/// <param name="Child">The node that drafted it, from which to go on; -1 if none did, which ends the path.</param>
public readonly record struct Verdict(int Token, int Child);
