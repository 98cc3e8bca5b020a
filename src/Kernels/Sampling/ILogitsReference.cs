namespace KernelFoundry.Kernels;

/// <summary>What a logits processor gives for one token in double precision: what tests compare with. Its views are in host memory then.</summary>
public interface ILogitsReference
{
    /// <summary>The processed logit.</summary>
    /// <param name="logit">The logit.</param>
    /// <param name="id">The token.</param>
    /// <returns>The processed logit, -inf for a token that is banned.</returns>
    double Reference(double logit, int id);

    /// <summary>The magnitude of what was summed up to it, which rounding errors are relative to.</summary>
    /// <param name="logit">The logit.</param>
    /// <param name="id">The token.</param>
    /// <returns>Its magnitude; 0 where errors are relative to the result.</returns>
    double Magnitude(double logit, int id) => 0;
}
