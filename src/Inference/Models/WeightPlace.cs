namespace KernelFoundry.Inference.Models;

/// <summary>Where a matrix of weights lies as the file has it, its shape, and, where it is multiplied in panels, what gives its rows.</summary>
internal readonly record struct WeightPlace(DeviceMemory Memory, int Rows, int Columns, PanelSource? Panels);
