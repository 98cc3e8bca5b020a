using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>One thing in a kernel, functor or format that the kernel language does not have, at its source span.</summary>
internal sealed record Mistake(DiagnosticDescriptor Rule, Location Location, object[] Arguments, ImmutableProperties Properties = default)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Location, Properties.Values, Arguments);
}

/// <summary>What a code fix needs to know of a mistake.</summary>
internal readonly record struct ImmutableProperties(System.Collections.Immutable.ImmutableDictionary<string, string?>? Values);

/// <summary>Ends the reading of a statement; the next one is read all the same.</summary>
internal sealed class MistakeException(Mistake? mistake) : Exception(mistake?.ToDiagnostic().ToString())
{
    /// <summary>Null where the cause was reported before, here or by the C# compiler.</summary>
    public Mistake? Mistake { get; } = mistake;
}
