namespace KernelFoundry.Inference.Hooks;

/// <summary>
/// Adds a vector to the stream of every token: steering (Turner et al., "Activation Addition", 2023; Zou et al., "Representation Engineering", 2023).
/// </summary>
/// <param name="Layer">Where.</param>
/// <param name="Vector">The vector, [embedding].</param>
/// <param name="Scale">What it is multiplied by.</param>
public sealed record AddVector(int Layer, ReadOnlyMemory<float> Vector, float Scale = 1) : LayerHook(Layer);
