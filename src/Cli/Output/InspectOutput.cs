using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf inspect --json</c> prints.</summary>
internal sealed record InspectOutput(
    string File, long Bytes, int Version, int Alignment, JsonObject Metadata, IReadOnlyList<InspectTensor> Tensors)
{
    /// <summary>What model it is; absent where it is none that can be run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelCardOutput? Card { get; init; }
}
