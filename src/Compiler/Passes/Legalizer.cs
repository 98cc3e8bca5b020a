using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>What replaces an op a target lacks: a table from op to its expansion in simpler ops.</summary>
internal static class Legalizer
{
    /// <summary>For vector hardware, which has arithmetic only: transcendental functions as polynomials.</summary>
    public static readonly IReadOnlyDictionary<OpCode, Func<Builder, Value, Value>> VectorRules = new Dictionary<OpCode, Func<Builder, Value, Value>>
    {
        [OpCode.Exp] = Transcendentals.Exp,
        [OpCode.Log] = Transcendentals.Log,
        [OpCode.Sigmoid] = Transcendentals.Sigmoid,
        [OpCode.Tanh] = Transcendentals.Tanh,
        [OpCode.Erf] = Transcendentals.Erf,
        [OpCode.Sin] = (b, x) => Transcendentals.Sine(b, x, 0),
        [OpCode.Cos] = (b, x) => Transcendentals.Sine(b, x, 1),
    };
}
