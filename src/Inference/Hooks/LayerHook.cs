namespace KernelFoundry.Inference.Hooks;

/// <summary>Something done to the residual stream, or with it, between two layers: see <see cref="LayerHooks"/>.</summary>
/// <param name="Layer">
/// Where: 0 is the embedding, before the first layer; n is after n layers, as the numbers of a model's hidden states are usually given.
/// </param>
public abstract record LayerHook(int Layer);
