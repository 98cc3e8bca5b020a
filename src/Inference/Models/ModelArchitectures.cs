namespace KernelFoundry.Inference.Models;

/// <summary>The architectures that need no record of the caller's own.</summary>
public static class ModelArchitectures
{
    /// <summary>
    /// LLaMA and its many descendants. Touvron et al., "LLaMA", 2023; grouped queries: Ainslie et al., "GQA", 2023. GGUF files of this
    /// architecture store queries and keys permuted, so that rotary pairs are neighbours.
    /// </summary>
    public static ModelArchitecture Llama { get; } = new() { Name = "llama" };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelArchitecture> All { get; } = [Llama];
}
