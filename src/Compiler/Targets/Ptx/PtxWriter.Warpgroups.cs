using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Products of warpgroups, whose operands are described by where they lie in shared memory.</content>
internal sealed partial class PtxWriter
{
    // Eight rows of 128 bytes, after which their permutation repeats: its place among them is taken from addresses.
    private const int MatrixAlignment = 1024;

    // Of a descriptor's upper word: the distance of eight rows from the next, in units of 16 bytes, and, in bits 62 and 63 of the whole, pieces permuted within 128 bytes.
    private const int UpperWord = (1 << 30) | (MatrixAlignment >> 4);

    // Of its lower word, above the address in units of 16 bytes: the distance of what lies beyond 128 bytes of a row, which permuted matrices have no use for; 1 by convention.
    private const int LowerWord = 1 << 16;

    private void Multiply(MultiplyWarpgroup product)
    {
        string type = product.Element == MatrixElement.Half ? "f16" : "bf16";
        PtxRegister[] sums = [.. product.Sums.Select(sum => (PtxRegister)_variables[sum.Name])];
        _code.Do(
            $"wgmma.mma_async.sync.aligned.m64n{Int(2 * sums.Length)}k16.f32.{type}.{type}", new PtxVector(sums), Descriptor(product.Buffer, product.A), Descriptor(product.Buffer, product.B),
            _code.Leaf(PtxOperandKind.Pred, "mov.pred", Literal(-1)), Literal(1), Literal(1), Literal(0), Literal(0));
    }

    // The words of a row that lie further on are a constant in the address, and so in the descriptor.
    private PtxRegister Descriptor(LocalBuffer buffer, Expr word)
    {
        (Expr first, int distance) = Apart(word);
        PtxOperand address = Place(buffer);
        if (Value(first) is not PtxLiteral { Bits: 0 } and var offset)
            address = _code.Pure(PtxOperandKind.B32, "mad.lo.s32", InRegister(offset), Literal(4), address);
        PtxRegister units = _code.Pure(PtxOperandKind.B32, "bfe.u32", address, Literal(4), Literal(14));
        PtxRegister upper = _code.Leaf(PtxOperandKind.B64, "shl.b64", _code.Leaf(PtxOperandKind.B64, "cvt.s64.s32", _code.Leaf(PtxOperandKind.B32, "mov.b32", Literal(UpperWord))), Literal(32));
        PtxRegister rest = _code.Leaf(PtxOperandKind.B64, "add.s64", upper, Literal(LowerWord));
        PtxRegister descriptor = _code.Pure(PtxOperandKind.B64, "add.s64", rest, _code.Pure(PtxOperandKind.B64, "cvt.s64.s32", units));
        return distance == 0 ? descriptor : _code.Pure(PtxOperandKind.B64, "add.s64", descriptor, Literal(distance / 4));
    }
}
