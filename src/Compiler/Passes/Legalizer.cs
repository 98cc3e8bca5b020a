using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>What replaces an op a target lacks: a table from op to its expansion in simpler ops.</summary>
internal static class Legalizer
{
    /// <summary>For vector hardware, which has arithmetic only: transcendental functions as polynomials.</summary>
    public static readonly IReadOnlyDictionary<OpCode, Func<Builder, Value[], Value>> VectorRules = new Dictionary<OpCode, Func<Builder, Value[], Value>>
    {
        [OpCode.Exp] = (b, x) => Transcendentals.Exp(b, x[0]),
        [OpCode.Log] = (b, x) => Transcendentals.Log(b, x[0]),
        [OpCode.Sigmoid] = (b, x) => Transcendentals.Sigmoid(b, x[0]),
        [OpCode.Tanh] = (b, x) => Transcendentals.Tanh(b, x[0]),
        [OpCode.Erf] = (b, x) => Transcendentals.Erf(b, x[0]),
        [OpCode.Sin] = (b, x) => Transcendentals.Sine(b, x[0], 0),
        [OpCode.Cos] = (b, x) => Transcendentals.Sine(b, x[0], 1),
        [OpCode.Scale] = (b, x) => Transcendentals.Scale(b, x[0], x[1]),
    };
}
