namespace KernelFoundry.Kernels;

/// <summary>
/// What an epilogue gives for one result in double precision: what tests compare with. Its views are in host memory then.
/// </summary>
public interface IEpilogueReference
{
    /// <summary>The value to store.</summary>
    /// <param name="value">The result.</param>
    /// <param name="token">Its token.</param>
    /// <param name="row">Its weight row.</param>
    /// <returns>The value.</returns>
    double Reference(double value, int token, int row);
}
