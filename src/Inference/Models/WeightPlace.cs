namespace KernelFoundry.Inference.Models;

/// <summary>Where a matrix of weights lies, its shape, and what activations are when they meet it.</summary>
internal readonly record struct WeightPlace(DeviceMemory Memory, int Rows, int Columns, ActivationRounding Activations);
