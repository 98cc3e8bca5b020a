namespace KernelFoundry.Inference.Quantization;

/// <summary>Where a weight stands in a model: what recipes look at.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Layer">Its layer, from 0; 0 outside of layers.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="HeadsPerKey">Query heads that share a key.</param>
/// <param name="HasImportance">An importance file is given.</param>
public readonly record struct TensorPlace(TensorRole Role, int Layer, int Layers, int HeadsPerKey, bool HasImportance);
