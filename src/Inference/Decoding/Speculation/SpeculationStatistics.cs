namespace KernelFoundry.Inference.Decoding;

/// <summary>What speculation has done for a sequence.</summary>
public sealed record SpeculationStatistics
{
    /// <summary>Tokens generated.</summary>
    public int Tokens { get; init; }

    /// <summary>Passes through the target.</summary>
    public int Passes { get; init; }

    /// <summary>Nodes that were drafted.</summary>
    public int Drafted { get; init; }

    /// <summary>Tokens chosen where at least one had been drafted.</summary>
    public int Judged { get; init; }

    /// <summary>Drafted tokens that were accepted.</summary>
    public int Accepted { get; init; }

    /// <summary>Time spent on drafting.</summary>
    public TimeSpan DraftTime { get; init; }

    /// <summary>Time spent on the target's passes.</summary>
    public TimeSpan TargetTime { get; init; }

    /// <summary>How often one of the drafted tokens was accepted where there were any; 0 if there never were.</summary>
    public double AcceptanceRate => Judged == 0 ? 0 : (double)Accepted / Judged;

    /// <summary>Tokens a pass through the target; 1 without speculation.</summary>
    public double TokensPerPass => Passes == 0 ? 0 : (double)Tokens / Passes;
}
