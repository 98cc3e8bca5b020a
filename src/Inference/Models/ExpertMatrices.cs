namespace KernelFoundry.Inference.Models;

/// <summary>The weights of one expert: those of its three matrices, and their biases, which may be empty.</summary>
internal sealed record ExpertMatrices(WeightMatrix Gate, WeightMatrix Up, WeightMatrix Down, View1<float> GateBias, View1<float> UpBias, View1<float> DownBias);
