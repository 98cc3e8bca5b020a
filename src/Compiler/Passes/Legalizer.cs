using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>Replaces what a target lacks by what it has. The rules are a table from op to its expansion.</summary>
public static class Legalizer
{
    private static readonly Dictionary<OpCode, Func<Builder, Value, Value>> VectorRules = new()
    {
        [OpCode.Exp] = Transcendentals.Exp,
        [OpCode.Log] = Transcendentals.Log,
        [OpCode.Sigmoid] = Transcendentals.Sigmoid,
        [OpCode.Tanh] = Transcendentals.Tanh,
        [OpCode.Erf] = Transcendentals.Erf,
        [OpCode.Sin] = (b, x) => Transcendentals.Sine(b, x, 0),
        [OpCode.Cos] = (b, x) => Transcendentals.Sine(b, x, 1),
    };

    /// <summary>For targets with vector arithmetic only: transcendental functions become polynomials, for scalars alike so that bits agree.</summary>
    public static Kernel ForVectors(Kernel kernel) => Rewriter.Rewrite(kernel, (builder, op, operands) =>
        VectorRules.TryGetValue(op.Code, out Func<Builder, Value, Value>? rule) ? rule(builder, operands[0]) : null);
}
