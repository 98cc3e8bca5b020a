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

    /// <summary>Quantizes rows: in a loop around whose turns are known at launch, every turn in buffers of its own, so that what it makes lasts.</summary>
    public static QuantizedRow Emit(
        TileState state, Matrix source, (Expr Bound, Expr Count) rows, (Expr Bound, Expr Count) length, Turns? turns, int group, int run, int bias, bool hasOffset, List<Stmt> into)
    {
        Expr Padded(int unit, int elements) => Mul(Div(Add(length.Bound, Int(unit - 1)), Int(unit)), Int(elements));
        Expr codesOfRow = Padded(ByteTree.Lanes, Lanes.Count), runsOfRow = Padded(ByteTree.Lanes, ByteTree.Lanes / run);
        Expr codesOfRows = Mul(rows.Bound, codesOfRow), runsOfRows = Mul(rows.Bound, runsOfRow);
        Expr Size(Expr ofRows) => turns is null ? ofRows : Mul(turns.Count, ofRows);
        Expr? First(Expr ofRows) => turns is null ? null : Mul(turns.Index, ofRows);
        LocalBuffer codes = state.NewBuffer("codes", DType.I32, Size(codesOfRows)), scales = state.NewBuffer("scales", DType.F32, Size(runsOfRows));
        LocalBuffer? sums = hasOffset || bias != 0 ? state.NewBuffer("sums", hasOffset ? DType.F32 : DType.I32, Size(runsOfRows)) : null;
        var quantized = new QuantizedRow(new BufferMatrix(codes, codesOfRow, First(codesOfRows)), new BufferMatrix(scales, runsOfRow, First(runsOfRows)), sums, group);
        into.Add(new QuantizeRows(source, rows.Count, length.Count, group, run, quantized.Codes, quantized.Scales, sums, bias) { Location = state.Location });
        return quantized;
    }
}

/// <summary>A loop whose turns are known at launch: which turn it is, from 0 on, and how many there are.</summary>
internal sealed record Turns(Expr Index, Expr Count);
