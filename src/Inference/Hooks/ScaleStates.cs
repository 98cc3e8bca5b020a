namespace KernelFoundry.Inference.Hooks;

/// <summary>Multiplies the stream of every token.</summary>
/// <param name="Layer">Where.</param>
/// <param name="Factor">By what.</param>
public sealed record ScaleStates(int Layer, float Factor) : LayerHook(Layer);
