namespace KernelFoundry.Inference.Decoding;

/// <summary>Settings of <see cref="ContrastiveSearch"/>.</summary>
public sealed record ContrastiveSearchOptions : SearchOptions
{
    /// <summary>Tokens that are tried at each step, the most probable ones.</summary>
    public int Candidates { get; init; } = 4;

    /// <summary>Weight of the degeneration penalty, 0 to 1; 0 is greedy decoding.</summary>
    public double Penalty { get; init; } = 0.6;

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Require(Candidates >= 1, nameof(Candidates), Candidates, "1 or more");
        Require(Penalty is >= 0 and <= 1, nameof(Penalty), Penalty, "from 0 to 1");
        Require(Results == 1, nameof(Results), Results, "1: the search has one continuation");
    }
}
