namespace KernelFoundry.Inference.Hooks;

/// <summary>Puts a vector in place of the stream of every token.</summary>
/// <param name="Layer">Where.</param>
/// <param name="Vector">The vector, [embedding].</param>
public sealed record ReplaceStates(int Layer, ReadOnlyMemory<float> Vector) : LayerHook(Layer);
