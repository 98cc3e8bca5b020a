using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry.Inference.Chat;

/// <summary>A function the model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="Parameters">JSON schema of its arguments, an object.</param>
public sealed record ChatTool(string Name, string Description, [StringSyntax(StringSyntaxAttribute.Json)] string Parameters);
