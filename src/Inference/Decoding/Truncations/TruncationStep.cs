using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A truncation of a pipeline: narrows the tokens that can be drawn. Each sees what the ones before it left, renormalized. Tokens of equal
/// probability stay or go together.
/// </summary>
public abstract record TruncationStep
{
    /// <summary>The method, one of <see cref="Truncation"/>'s constants.</summary>
    internal abstract int Method { get; }

    /// <summary>The amount as the kernel takes it.</summary>
    internal abstract float Amount { get; }

    /// <summary>The second amount as the kernel takes it.</summary>
    internal virtual float Second => 0;

    /// <summary>Checks the amounts.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message says which.</exception>
    internal abstract void Validate();

    /// <summary>Says that an amount must be right.</summary>
    private protected void Require(bool valid, string name, IFormattable value, string expected)
    {
        if (!valid)
        {
            string text = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
            throw new ArgumentException($"{GetType().Name}.{name} is {text}; it must be {expected}.");
        }
    }
}
