namespace KernelFoundry.Inference.Decoding;

/// <summary>Options that help and documentation show together.</summary>
/// <param name="Title">What they have in common.</param>
/// <param name="Options">The options.</param>
public sealed record DecodingOptionGroup(string Title, IReadOnlyList<DecodingOption> Options);
