using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Matrices of a warp, and copies that go on beside it.</content>
internal sealed partial class PtxWriter
{
    private const int CopyBytes = 16;

    private static readonly Dictionary<(MatrixElement, int Words), string> Products = new()
    {
        [(MatrixElement.Bytes, 2)] = "mma.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32",
        [(MatrixElement.Bytes, 1)] = "mma.sync.aligned.m16n8k16.row.col.s32.s8.u8.s32",
        [(MatrixElement.Half, 2)] = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32",
        [(MatrixElement.BFloat16, 2)] = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32",
    };

    private void Load(LoadMatrices load)
    {
        PtxAddress row = Indexed(Place(load.Buffer), load.Row, 4);
        string opcode = $"ldmatrix.sync.aligned.m8n8.x{Int(load.Vars.Length)}{(load.IsTransposed ? ".trans" : "")}.shared.b16";
        PtxRegister[] words = _code.FreshVector(PtxOperandKind.B32, load.Vars.Length, opcode, row);
        for (int i = 0; i < words.Length; i++)
            _variables[load.Vars[i].Name] = words[i];
    }

    private void Multiply(MultiplyMatrices product)
    {
        PtxVector Words(Exprs words) => new([.. words.AsEnumerable().Select(word => InRegister(Value(word)))]);
        PtxRegister[] sums = [.. product.Sums.Select(sum => (PtxRegister)_variables[sum.Name])];
        _code.Append(new PtxInstruction(Products[(product.Element, product.B.Length)], sums, [Words(product.A), Words(product.B), new PtxVector(sums)]));
    }

    private void Copy(CopyAsync copy)
    {
        PtxAddress from = Address(copy.View, copy.Indices, isBytes: false), to = Indexed(Place(copy.Target), copy.Index, 4);
        PtxOperand count = Value(copy.Count), bytes = count is PtxLiteral literal
            ? Literal(Math.Min(CopyBytes, 2 * literal.Bits))
            : Binary("min.s32", Binary("shl.b32", count, Literal(1)), Literal(CopyBytes));
        _code.Do("cp.async.cg.shared.global", to, from, Literal(CopyBytes), bytes);
    }

    // Where the first element lies and how far rows are apart, together: a bit that is set in none of them is set in no row's address.
    private PtxRegister Aligned(IsAligned aligned)
    {
        Ir.Parameter view = program.Kernel.Find(aligned.View);
        PtxOperand bits = _code.Leaf(PtxOperandKind.B32, "cvt.u32.u64", _code.Leaf(PtxOperandKind.B64, "cvta.to.global.u64", Slot(view.Name, 'p')));
        for (int axis = 0; axis < view.Rank - 1; axis++)
            bits = _code.Leaf(PtxOperandKind.B32, "or.b32", bits, _code.Leaf(PtxOperandKind.B32, "cvt.u32.u64", ByteStride(view, axis)));
        PtxRegister low = _code.Leaf(PtxOperandKind.B32, "and.b32", bits, Literal(aligned.Bytes - 1));
        return _code.Leaf(PtxOperandKind.Pred, "setp.eq.s32", low, Literal(0));
    }
}
