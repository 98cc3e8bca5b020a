using System.Text.Json.Serialization;

namespace KernelFoundry.Cli.Chat;

/// <summary>A message in a file.</summary>
internal sealed record SavedMessage(
    string Role,
    string Content,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReasoningContent);
