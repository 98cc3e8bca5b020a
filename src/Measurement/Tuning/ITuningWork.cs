namespace KernelFoundry.Measurement;

/// <summary>Work that kernels are tuned by: what is to become faster.</summary>
public interface ITuningWork
{
    /// <summary>Does the work once.</summary>
    /// <returns>Seconds each kernel took, all its launches together.</returns>
    IReadOnlyDictionary<KernelVariantSet, double> Measure();
}
