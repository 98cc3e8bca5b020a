namespace KernelFoundry.Training.Configuration;

/// <summary>How many tokens a step learns from.</summary>
public sealed record BatchOptions
{
    /// <summary>Tokens of a step.</summary>
    public int Tokens { get; set; } = 8192;

    /// <summary>
    /// Tokens that go through the model at once; 0 for all of a step. Fewer need less memory: gradients of several parts add up to those of the step.
    /// </summary>
    public int MicroTokens { get; set; }

    /// <summary>Tokens that go through the model at once.</summary>
    internal int TokensAtOnce => MicroTokens == 0 ? Tokens : MicroTokens;

    /// <summary>Parts of a step.</summary>
    internal int Parts => Tokens / TokensAtOnce;

    internal void Validate()
    {
        if (Tokens is < 2 or > 1 << 26)
            throw new TrainingOptionsException("batch.tokens", $"is {Tokens}; it must be from 2 to {1 << 26}.");
        if (MicroTokens < 0 || (MicroTokens > 0 && Tokens % MicroTokens != 0))
            throw new TrainingOptionsException("batch.micro_tokens", $"is {MicroTokens}; it must divide the {Tokens} of batch.tokens, or be 0.");
    }
}
