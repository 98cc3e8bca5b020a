namespace KernelFoundry.Inference.Models;

/// <summary>The weights of one expert: gate and up, which multiply the same input, and down, and their biases, which may be empty.</summary>
internal sealed record ExpertMatrices(Projection GateUp, WeightMatrix Down, View1<float> GateBias, View1<float> UpBias, View1<float> DownBias);
