namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>How a folder stores matrices.</summary>
public enum MatrixForm
{
    Floats,

    /// <summary>Eight-bit floats with a scale a block, as DeepSeek-V3 and others since.</summary>
    Eights,

    /// <summary>Experts in four-bit floats with a scale for 32, as gpt-oss.</summary>
    Fours,
}
