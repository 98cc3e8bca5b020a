namespace KernelFoundry.Inference.Hooks;

/// <summary>Keeps a copy of the stream of every token: its hidden states after some layers. <see cref="LayerHooks.Captured"/> gives them.</summary>
/// <param name="Layer">Where.</param>
public sealed record CaptureStates(int Layer) : LayerHook(Layer);
