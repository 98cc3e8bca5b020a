using System.Text.Json.Serialization;

namespace KernelFoundry.Cli.Output;

/// <summary>What drafting ahead did for a generation.</summary>
/// <param name="Passes">Passes through the model.</param>
/// <param name="Drafted">Tokens that were drafted.</param>
/// <param name="Accepted">Drafted tokens that were accepted.</param>
/// <param name="AcceptanceRate">How often a drafted token was accepted where there were any.</param>
/// <param name="TokensPerPass">Tokens a pass.</param>
/// <param name="DraftMs">Milliseconds of drafting.</param>
/// <param name="TargetMs">Milliseconds of the model's passes.</param>
/// <param name="WallClockRatio">How many times as long decoding takes without drafts, where that was asked for.</param>
internal sealed record SpeculationOutput(
    int Passes,
    int Drafted,
    int Accepted,
    double AcceptanceRate,
    double TokensPerPass,
    double DraftMs,
    double TargetMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? WallClockRatio);
