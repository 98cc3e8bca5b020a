namespace KernelFoundry.Kernels;

/// <summary>What an activation gives for one value in double precision: what tests compare with.</summary>
public interface IActivationReference
{
    /// <summary>The function.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    double Reference(double x);
}
