namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A stage of a pipeline that changes logits before they are probabilities. It holds settings only: one serves any number of sequences.
/// </summary>
public abstract record LogitsProcessor
{
    /// <summary>Changes the logits of the next token.</summary>
    /// <param name="context">The sequence, and the logits to change.</param>
    public abstract void Process(LogitsContext context);

    /// <summary>Checks the settings.</summary>
    /// <param name="vocabulary">Number of tokens of the model.</param>
    /// <exception cref="ArgumentException">One is out of its range; the message says which.</exception>
    public virtual void Validate(int vocabulary)
    {
    }

    /// <summary>Says that a setting must be right.</summary>
    /// <param name="valid">Whether it is.</param>
    /// <param name="name">The setting.</param>
    /// <param name="value">Its value.</param>
    /// <param name="expected">What it must be.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    protected void Require(bool valid, string name, IFormattable value, string expected)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!valid)
        {
            string text = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
            throw new ArgumentException($"{GetType().Name}.{name} is {text}; it must be {expected}.");
        }
    }

    /// <summary>Says that tokens must be of the vocabulary.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="vocabulary">Number of tokens of the model.</param>
    /// <exception cref="ArgumentException">One is not.</exception>
    protected void RequireTokens(string name, IEnumerable<int> tokens, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        foreach (int token in tokens)
            Require((uint)token < (uint)vocabulary, name, token, $"tokens of the vocabulary, whose ids run from 0 to {vocabulary - 1}");
    }
}
