namespace KernelFoundry;

/// <summary>
/// Asks the compiler for the kernel of this kernel's gradient, named like it with Backward after it. Its parameters are the forward
/// kernel's, with the gradient dy of an output y in its place and what it does not need left out, then the gradients of the inputs, which
/// it adds to (dx of x), then what is no view. An input that all programs read, such as the weight of a norm, has its gradient written in
/// parts (dWeightPartials of weight, with one more axis in front), whose number is the caller's choice. What cannot be derived is KF0029.
/// </summary>
/// <param name="inputs">The views to differentiate by.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DifferentiableAttribute(params string[] inputs) : Attribute
{
    /// <summary>The views to differentiate by.</summary>
    public IReadOnlyList<string> Inputs { get; } = inputs;

    /// <summary>The tolerance of the derived kernel, relative to central finite differences of the forward kernel's reference.</summary>
    public double Tolerance { get; init; } = 1e-5;
}
