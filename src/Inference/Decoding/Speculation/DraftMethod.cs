namespace KernelFoundry.Inference.Decoding;

/// <summary>A way to draft: settings only, which serve any number of sequences.</summary>
public abstract record DraftMethod
{
    /// <summary>Prepares a drafter for a sequence.</summary>
    /// <param name="vocabulary">Tokens of the target.</param>
    /// <param name="pipeline">How the target's tokens are chosen.</param>
    /// <param name="capacity">Most tokens the sequence will have.</param>
    /// <returns>The drafter; the caller disposes of it.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range, or does not fit the target.</exception>
    public abstract IDrafter Begin(int vocabulary, DecodingPipeline pipeline, int capacity);

    /// <summary>Checks the settings.</summary>
    /// <param name="vocabulary">Tokens of the target.</param>
    /// <exception cref="ArgumentException">One is out of its range, or does not fit the target.</exception>
    public virtual void Validate(int vocabulary)
    {
    }

    /// <summary>Says that a setting must be right.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    private protected void Require(bool valid, string name, object value, string expected)
    {
        if (!valid)
            throw new ArgumentException($"{GetType().Name}.{name} is {value}; it must be {expected}.");
    }
}
