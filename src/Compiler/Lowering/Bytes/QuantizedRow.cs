using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// The right operand of an integer product: a row of floats rounded to bytes, four codes an element of <paramref name="Codes"/>, and for each
/// four the scale of their group. <paramref name="Sums"/> holds what a product takes beside them: the sums of four codes times minus the bias of
/// the other operand's codes (i32), or times the scale (f32).
/// </summary>
internal sealed record QuantizedRow(LocalBuffer Codes, LocalBuffer Scales, LocalBuffer? Sums, int Group)
{
    /// <summary>Codes an element of the buffers stands for.</summary>
    public const int Packed = 4;

    /// <summary>Quantizes a row held in a buffer.</summary>
    public static QuantizedRow Emit(TileState state, LocalBuffer source, Expr bound, Expr length, int group, IntegerDot dot, List<Stmt> into)
    {
        Expr size = Mul(Div(Add(bound, Int(ByteTree.Lanes - 1)), Int(ByteTree.Lanes)), Int(Lanes.Count));
        LocalBuffer codes = state.NewBuffer("codes", DType.I32, size), scales = state.NewBuffer("scales", DType.F32, size);
        LocalBuffer? sums = dot.HasOffset ? state.NewBuffer("sums", DType.F32, size) : dot.Bias != 0 ? state.NewBuffer("sums", DType.I32, size) : null;
        into.Add(new QuantizeRow(source, length, group, codes, scales, sums, dot.Bias) { Location = state.Location });
        return new QuantizedRow(codes, scales, sums, group);
    }
}
