namespace KernelFoundry.Inference.Quantization;

/// <summary>How a model is quantized.</summary>
public sealed record QuantizationOptions
{
    /// <summary>What the columns of weights matter, from calibration; null for all alike.</summary>
    public ImportanceFile? Importance { get; init; }

    /// <summary>Threads; null for one a processor.</summary>
    public int? Threads { get; init; }

    /// <summary>Told the share of the elements that are done, from 0 to 1.</summary>
    public IProgress<double>? Progress { get; init; }
}
