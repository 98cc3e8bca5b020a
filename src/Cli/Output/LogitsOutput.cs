using System.Text.Json.Serialization;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf logits --json</c> prints: the logits after each token, and what heads look at, hidden states and their logits if that is asked for.</summary>
internal sealed record LogitsOutput(
    IReadOnlyList<int> Tokens, int VocabularySize, string Device, IReadOnlyList<IReadOnlyList<float>> Logits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AttentionOutput>? Attention = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LayerRowsOutput>? States = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LayerRowsOutput>? Lens = null);
