using System.Text.Json.Serialization;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf generate --json</c> prints, for each prompt of a file with its line. Tokens and text are the continuation alone.</summary>
internal sealed record GenerateOutput(
    IReadOnlyList<int> PromptTokens,
    IReadOnlyList<int> Tokens,
    string Text,
    string FinishReason,
    string Device,
    GenerateTimings Timings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<StepLogProbabilities>? LogProbabilities = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SpeculationOutput? Speculation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CachedTokens = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TokenMeasures>? PromptLogProbabilities = null)
{
    /// <summary>What a reason is called.</summary>
    public static string Word(FinishReason? reason) => reason switch
    {
        Inference.Generation.FinishReason.Stop => "stop",
        Inference.Generation.FinishReason.Length => "length",
        Inference.Generation.FinishReason.Context => "context",
        _ => "cancelled",
    };
}
