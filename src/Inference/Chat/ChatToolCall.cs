using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry.Inference.Chat;

/// <summary>A call of a function by the model.</summary>
/// <param name="Id">Tells this call from others of the conversation.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments, a JSON object.</param>
public sealed record ChatToolCall(string Id, string Name, [StringSyntax(StringSyntaxAttribute.Json)] string Arguments);
