using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Counts how deep the parser is: a template must not be able to exhaust the stack.</summary>
internal sealed class Nesting(SourceText source)
{
    private const int Deepest = 100;
    private int _depth;

    public void Enter(int at)
    {
        if (++_depth > Deepest)
            throw source.Error(at, $"expressions and blocks are nested more than {Deepest} deep.");
        RequireStack(source, at);
    }

    public void Leave() => _depth--;

    /// <summary>Chains such as a + b + c + ... are as deep as they are long, once they are walked.</summary>
    public static void RequireStack(SourceText source, int at)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw source.Error(at, "the template is nested too deep, or has too long a chain of operators.");
    }
}
