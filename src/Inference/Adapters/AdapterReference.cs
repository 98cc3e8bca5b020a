namespace KernelFoundry.Inference.Adapters;

/// <summary>An adapter to open with a model.</summary>
/// <param name="Path">A GGUF file as llama.cpp and <c>kf train</c> write adapters, or a folder as PEFT does (<c>adapter_config.json</c>).</param>
/// <param name="Scale">What its contribution is multiplied by.</param>
public sealed record AdapterReference(string Path, float Scale = 1f);
