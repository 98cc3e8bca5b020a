using System.Text.Json.Serialization;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf tokenize --json</c> prints: ids, and each id's text in the vocabulary.</summary>
internal sealed record TokenizeOutput(IReadOnlyList<int> Tokens, IReadOnlyList<string> Pieces)
{
    /// <summary>With <c>--offsets</c>: where in the text each token begins and ends, in UTF-16 code units.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<int>>? Offsets { get; init; }

    /// <summary>With <c>--ids</c>: the text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}
