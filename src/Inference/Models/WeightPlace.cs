namespace KernelFoundry.Inference.Models;

/// <summary>
/// Where a matrix of weights lies as the file has it (null where it is only multiplied) and how many bytes from the memory's beginning, its shape, and, where it is copied to be multiplied, what gives its rows, to where,
/// and whether numbers may lie in parts.
/// </summary>
internal readonly record struct WeightPlace(DeviceMemory? Memory, long Offset, int Rows, int Columns, PanelSource? Source, WeightArena? Arena, bool InParts = false);
