using System.Text.Json.Serialization;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf generate --json</c> prints. Tokens and text are the continuation alone.</summary>
internal sealed record GenerateOutput(
    IReadOnlyList<int> PromptTokens,
    IReadOnlyList<int> Tokens,
    string Text,
    string FinishReason,
    string Device,
    GenerateTimings Timings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<StepLogProbabilities>? LogProbabilities = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SpeculationOutput? Speculation = null);
