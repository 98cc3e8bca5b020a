using System.Text.Json.Nodes;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf inspect --json</c> prints.</summary>
internal sealed record InspectOutput(
    string File, long Bytes, int Version, int Alignment, JsonObject Metadata, IReadOnlyList<InspectTensor> Tensors);
