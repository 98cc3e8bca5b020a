using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Sums products whose first factors share a scale, as the elements of a quantized block do, before they are scaled: one multiplication a
/// group where each vector of it would take one.
/// </summary>
internal sealed class ScaledProducts(ElementEmitter emitter, Var sum, SourceLocation location)
{
    private Expr? _scale;
    private Expr? _products;

    /// <summary>The scale and the rest of an element that is a product with something that all lanes share, else null.</summary>
    public static (Expr Scale, Cell Codes)? Factors(ElementEmitter emitter, Value value, AxisIndex[] at)
    {
        if (value.Definition is not { Code: OpCode.Mul } product || value.Type.DType != DType.F32 || emitter.IsStored(value))
            return null;
        Cell a = emitter.Emit(product.Operands[0], at), b = emitter.Emit(product.Operands[1], at);
        return a.IsScalar && !b.IsScalar ? (a.Scalar(), b) : b.IsScalar && !a.IsScalar ? (b.Scalar(), a) : null;
    }

    /// <summary>Adds scale * codes * other.</summary>
    public void Add(Expr scale, Expr codes, Expr other)
    {
        if (_scale != scale)
            Flush();
        Expr products = _products is null
            ? new Apply(OpCode.Mul, DType.F32, true, new[] { codes, other })
            : new Apply(OpCode.Fma, DType.F32, true, new[] { codes, other, _products });
        (_scale, _products) = (scale, emitter.Bind(products, null, emitter.Depth));
    }

    /// <summary>Scales what was added and adds it to the sum.</summary>
    public void Flush()
    {
        if (_products is not null)
        {
            var scaled = new Apply(OpCode.Fma, DType.F32, true, new[] { new Broadcast(_scale!), _products, sum });
            emitter.Innermost.Add(new Assign(sum, scaled) { Location = location });
        }

        (_scale, _products) = (null, null);
    }
}
