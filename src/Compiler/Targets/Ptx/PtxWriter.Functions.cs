using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Ops that are many instructions.</content>
internal sealed partial class PtxWriter
{
    // The arithmetic that SIMD code does too: the approximations in hardware have errors that kernels' tolerances do not allow for.
    private PtxOperand Expanded(Func<Builder, Value[], Value> rule, PtxOperand[] operands)
    {
        var block = new Block();
        Value[] parameters = [.. operands.Select(_ => new Value(Ir.ValueType.Scalar(DType.F32)))];
        Value result = rule(new Builder(block), parameters);
        Dictionary<Value, PtxOperand> values = parameters.Zip(operands, (parameter, operand) => (parameter, operand)).ToDictionary(p => p.parameter, p => p.operand);
        foreach (Op op in block.Ops)
        {
            values[op.Result] = op.Code == OpCode.Const
                ? Value(new Lowering.Literal(op.Attr<Number>()))
                : Applied(op.Code, op.Result.Type.DType, op.Operands[0].Type.DType, op.Attribute, [.. op.Operands.Select(o => values[o])]);
        }

        return values[result];
    }

    // Byte n of eight is what prmt picks; the half of the table is chosen by bit 3.
    private PtxRegister Lookup(LookupTable table, PtxOperand index)
    {
        PtxRegister place = Binary("and.b32", index, Literal(7));
        PtxRegister Byte(long half) => _code.Pure(
            PtxOperandKind.B32, "prmt.b32", Literal(unchecked((int)half)), Literal(unchecked((int)(half >> 32))), place);
        PtxRegister isLow = _code.Pure(PtxOperandKind.Pred, "setp.eq.s32", Binary("and.b32", index, Literal(8)), Literal(0));
        PtxRegister picked = _code.Pure(PtxOperandKind.B32, "selp.b32", Byte(table.Low), Byte(table.High), isLow);
        return _code.Pure(PtxOperandKind.B32, "bfe.s32", picked, Literal(0), Literal(8));
    }

    // First word of Philox4x32-10: key (seed, 0), counter (counter, stream, 0, 0).
    private PtxOperand Philox(PtxOperand[] operands)
    {
        PtxOperand k0 = operands[0], c1 = operands[1], c0 = operands[2], c2 = Literal(0), c3 = Literal(0);
        uint k1 = 0;
        for (int round = 0; round < 10; round++)
        {
            PtxLiteral m0 = Literal(unchecked((int)0xD2511F53u)), m1 = Literal(unchecked((int)0xCD9E8D57u));
            PtxOperand h0 = Binary("mul.hi.u32", c0, m0), l0 = Binary("mul.lo.s32", c0, m0), h1 = Binary("mul.hi.u32", c2, m1), l1 = Binary("mul.lo.s32", c2, m1);
            c0 = Binary("xor.b32", Binary("xor.b32", h1, c1), k0);
            c2 = Binary("xor.b32", Binary("xor.b32", h0, c3), Literal(unchecked((int)k1)));
            (c1, c3) = (l1, l0);
            k0 = Binary("add.s32", k0, Literal(unchecked((int)0x9E3779B9u)));
            k1 = unchecked(k1 + 0xBB67AE85u);
        }

        return c0;
    }

    // As fmod, exact: what is left of |x| after taking away |y| times powers of two, the greatest first; each difference is exact, and a power of two
    // times |y| is until it overflows, which ends the doubling.
    private PtxRegister Remainder(PtxRegister x, PtxRegister y)
    {
        PtxRegister size = Unary("abs.f32", PtxOperandKind.F32, y);
        PtxRegister left = _code.NewRegister(PtxOperandKind.F32, isMutable: true), part = _code.NewRegister(PtxOperandKind.F32, isMutable: true);
        _code.Set(left, "abs.f32", x);
        _code.Set(part, "mov.f32", size);
        PtxName up = _code.NewLabel(), down = _code.NewLabel(), end = _code.NewLabel();
        PtxRegister Test(string comparison, PtxOperand a, PtxOperand b) => _code.Fresh(PtxOperandKind.Pred, comparison, a, b);

        // NaN where nothing can be taken away: y is zero, x infinite, or one of them NaN.
        PtxRegister none = Test("setp.eq.f32", size, Real(0f)), endless = Test("setp.eq.f32", left, Real(float.PositiveInfinity));
        PtxRegister unordered = Test("setp.neu.f32", size, size);
        PtxRegister isNaN = _code.Fresh(PtxOperandKind.Pred, "or.pred", _code.Fresh(PtxOperandKind.Pred, "or.pred", none, endless), unordered);
        _code.SetIf(isNaN, left, "mov.f32", Real(float.NaN));
        _code.Append(new PtxLabel(up));
        PtxRegister twice = _code.Fresh(PtxOperandKind.F32, "add.rn.f32", part, part);
        PtxRegister grows = Test("setp.le.f32", twice, left);
        _code.SetIf(grows, part, "mov.f32", twice);
        _code.DoIf(grows, false, "bra", up);
        _code.Append(new PtxLabel(down));
        PtxRegister fits = Test("setp.ge.f32", left, part);
        _code.Append(new PtxInstruction("sub.rn.f32", left, [left, part], fits));
        PtxRegister last = Test("setp.le.f32", part, size);
        _code.DoIf(_code.Fresh(PtxOperandKind.Pred, "or.pred", last, unordered), false, "bra", end);
        _code.Set(part, "mul.rn.f32", part, Real(0.5f));
        _code.Do("bra", down);
        _code.Append(new PtxLabel(end));

        // The sign is that of x.
        PtxRegister sign = Binary("and.b32", _code.Pure(PtxOperandKind.B32, "mov.b32", x), Literal(int.MinValue));
        PtxRegister bits = _code.Fresh(PtxOperandKind.B32, "or.b32", _code.Fresh(PtxOperandKind.B32, "mov.b32", left), sign);
        return _code.Fresh(PtxOperandKind.F32, "mov.b32", bits);
    }
}
