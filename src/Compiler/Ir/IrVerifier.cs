using System.Runtime.CompilerServices;

namespace KernelFoundry.Compiler.Ir;

/// <summary>
/// Checks that IR keeps its own rules: arity and types against the table and by inferring them again, definitions before uses, regions and
/// their terminators, carried types, extents, names of views and parameters, functors only before specialisation, and a launch grid that is
/// known at launch. Every stage's output passes it.
/// </summary>
public static class IrVerifier
{
    /// <summary>Verifies a kernel, before or after specialisation.</summary>
    /// <exception cref="IrException">A rule is broken; the location is the op's.</exception>
    public static void Verify(Kernel kernel)
    {
        ParameterRules.Check(kernel);
        new BodyVerifier(IrContext.Of(kernel)).Verify(kernel.Body);
    }

    /// <summary>Verifies a functor.</summary>
    /// <exception cref="IrException">A rule is broken; the location is the op's.</exception>
    public static void Verify(Functor functor)
    {
        ParameterRules.CheckFields(functor);
        foreach (Function method in functor.Methods)
            new BodyVerifier(IrContext.Of(functor)).Verify(method);
    }

    /// <summary>Verifies a quantization format.</summary>
    /// <exception cref="IrException">A rule is broken; the location is the op's.</exception>
    public static void Verify(QuantFormat format)
    {
        Require(
            format.BlockSize > 0 && format.BlockBytes > 0,
            $"format {format.Name} has blocks of {format.BlockSize} elements in {format.BlockBytes} bytes",
            default);
        Require(
            format.GroupSize > 0 && format.BlockSize % format.GroupSize == 0,
            $"format {format.Name} has groups of {format.GroupSize} elements in blocks of {format.BlockSize}",
            default);
        Require(
            format.LeadingBytes is >= 0 and < PanelLayout.Unit && format.LeadingBytes <= format.BlockBytes,
            $"format {format.Name} has {format.LeadingBytes} leading bytes",
            default);
        Block body = format.Decode.Body;
        Require(
            body.Arguments.Count == 1 && body.Arguments[0].Type.SameAs(ValueType.Scalar(DType.I32)),
            $"the decode of {format.Name} takes one i32",
            default);
        new BodyVerifier(IrContext.Of(format)).Verify(format.Decode);
        DType[] returned = body.Terminator.Operands.Where(o => o.Type.IsScalar).Select(o => o.Type.DType).ToArray();
        Require(
            returned.SequenceEqual([DType.F32, DType.I32, DType.F32]),
            $"the decode of {format.Name} returns scale f32, code i32, offset f32",
            body.Terminator.Location);
    }

    internal static void Require(bool holds, string message, SourceLocation at)
    {
        if (!holds)
            throw new IrException(message, at);
    }

    internal static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] RuleMessage message, SourceLocation at)
    {
        if (!holds)
            throw new IrException(message.ToString(), at);
    }
}
