namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>A tensor of a folder: numbers, or bytes as they are.</summary>
internal sealed record FolderTensor(string Name, long[] Shape, float[] Values, byte[]? Bytes = null);
