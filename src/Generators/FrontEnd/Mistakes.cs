using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Collects the mistakes of one kernel, functor or format.</summary>
internal sealed class Mistakes
{
    private readonly List<Mistake> _found = [];

    /// <summary>The mistakes in source order, each once.</summary>
    public IReadOnlyList<Mistake> Found => _found;

    /// <summary>Whether what was read has no IR: a mistake that is an error, or code the C# compiler rejects.</summary>
    public bool IsBroken { get; private set; }

    public void Add(DiagnosticDescriptor rule, Location location, params object[] arguments) => Add(new Mistake(rule, location, arguments));

    public void Add(Mistake mistake)
    {
        IsBroken |= mistake.Rule.DefaultSeverity == DiagnosticSeverity.Error;
        if (!_found.Any(m => m.Rule.Id == mistake.Rule.Id && m.Location == mistake.Location))
            _found.Add(mistake);
    }

    public void Add(MistakeException exception)
    {
        if (exception.Mistake is { } mistake)
            Add(mistake);
        IsBroken = true;
    }

    public static MistakeException Error(DiagnosticDescriptor rule, Location location, params object[] arguments) =>
        new(new Mistake(rule, location, arguments));

    /// <summary>A mistake with something a code fix reads.</summary>
    public static Mistake WithProperty(DiagnosticDescriptor rule, Location location, string name, string? value,
        params object[] arguments) =>
        new(rule, location, arguments, new ImmutableProperties(ImmutableDictionary<string, string?>.Empty.Add(name, value)));

    /// <summary>Ends a statement whose cause is reported elsewhere.</summary>
    public static MistakeException Silent() => new(null);
}
