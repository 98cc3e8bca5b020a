using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// The right operand of an integer product: rows of floats rounded to bytes, four codes an element of <paramref name="Codes"/>, and for each run of
/// codes the scale of their group. <paramref name="Sums"/> holds what a product takes beside them: the sums of runs times minus the bias of the other
/// operand's codes (i32), or times the scale (f32).
/// </summary>
internal sealed record QuantizedRow(BufferMatrix Codes, BufferMatrix Scales, LocalBuffer? Sums, int Group)
{
    /// <summary>Codes an element of the buffers stands for.</summary>
    public const int Packed = 4;

    /// <summary>Quantizes rows.</summary>
    public static QuantizedRow Emit(TileState state, Matrix source, (Expr Bound, Expr Count) rows, (Expr Bound, Expr Count) length, int group, int run, int bias, bool hasOffset, List<Stmt> into)
    {
        Expr Padded(int unit, int elements) => Mul(Div(Add(length.Bound, Int(unit - 1)), Int(unit)), Int(elements));
        Expr codesOfRow = Padded(ByteTree.Lanes, Lanes.Count), runsOfRow = Padded(ByteTree.Lanes, ByteTree.Lanes / run);
        LocalBuffer codes = state.NewBuffer("codes", DType.I32, Mul(rows.Bound, codesOfRow)), scales = state.NewBuffer("scales", DType.F32, Mul(rows.Bound, runsOfRow));
        LocalBuffer? sums = hasOffset || bias != 0 ? state.NewBuffer("sums", hasOffset ? DType.F32 : DType.I32, Mul(rows.Bound, runsOfRow)) : null;
        var quantized = new QuantizedRow(new BufferMatrix(codes, codesOfRow), new BufferMatrix(scales, runsOfRow), sums, group);
        into.Add(new QuantizeRows(source, rows.Count, length.Count, group, run, quantized.Codes, quantized.Scales, sums, bias) { Location = state.Location });
        return quantized;
    }
}
