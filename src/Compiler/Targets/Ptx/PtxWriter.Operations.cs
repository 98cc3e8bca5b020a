using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Expressions.</content>
internal sealed partial class PtxWriter
{
    // Ops that are one instruction, by the type of the operands: floats, signed integers, unsigned ones, predicates.
    private static readonly Dictionary<OpCode, (string? Float, string? Signed, string? Unsigned, string? Bool)> Instructions = new()
    {
        [OpCode.Neg] = ("neg.f32", "neg.s32", "neg.s32", null),
        [OpCode.Abs] = ("abs.f32", "abs.s32", null, null),
        [OpCode.Sqrt] = ("sqrt.rn.f32", null, null, null),
        [OpCode.Floor] = ("cvt.rmi.f32.f32", null, null, null),
        [OpCode.Round] = ("cvt.rni.f32.f32", null, null, null),
        [OpCode.Not] = (null, "not.b32", "not.b32", "not.pred"),
        [OpCode.Add] = ("add.rn.f32", "add.s32", "add.s32", null),
        [OpCode.Sub] = ("sub.rn.f32", "sub.s32", "sub.s32", null),
        [OpCode.Mul] = ("mul.rn.f32", "mul.lo.s32", "mul.lo.s32", null),
        [OpCode.Div] = ("div.rn.f32", "div.s32", "div.u32", null),
        [OpCode.Rem] = (null, "rem.s32", "rem.u32", null),
        [OpCode.Min] = ("min.f32", "min.s32", "min.u32", null),
        [OpCode.Max] = ("max.f32", "max.s32", "max.u32", null),
        [OpCode.And] = (null, "and.b32", "and.b32", "and.pred"),
        [OpCode.Or] = (null, "or.b32", "or.b32", "or.pred"),
        [OpCode.Xor] = (null, "xor.b32", "xor.b32", "xor.pred"),
        [OpCode.Shl] = (null, "shl.b32", "shl.b32", null),
        [OpCode.Shr] = (null, "shr.s32", "shr.u32", null),
        [OpCode.MulHi] = (null, "mul.hi.s32", "mul.hi.u32", null),
        [OpCode.Eq] = ("setp.eq.f32", "setp.eq.s32", "setp.eq.s32", null),
        [OpCode.Ne] = ("setp.neu.f32", "setp.ne.s32", "setp.ne.s32", "xor.pred"),
        [OpCode.Lt] = ("setp.lt.f32", "setp.lt.s32", "setp.lt.u32", null),
        [OpCode.Le] = ("setp.le.f32", "setp.le.s32", "setp.le.u32", null),
        [OpCode.Gt] = ("setp.gt.f32", "setp.gt.s32", "setp.gt.u32", null),
        [OpCode.Ge] = ("setp.ge.f32", "setp.ge.s32", "setp.ge.u32", null),
        [OpCode.Fma] = ("fma.rn.f32", null, null, null),
    };

    private const float Log2OfE = 1.442695041f;

    private PtxOperand Value(Expr expression) => expression switch
    {
        Var variable => _variables[variable.Name],
        Literal { Value: { Type: DType.Bool } flag } => Truth(flag.Bool),
        Literal { Value: var number } => new PtxLiteral(number.Bits, number.Type == DType.F32, number.Type == DType.U32),
        Argument { Type: DType.Bool } flag => _code.Leaf(PtxOperandKind.Pred, "setp.ne.s32", Slot(flag.Name, 'v'), Literal(0)),
        Argument argument => Slot(argument.Name, 'v'),
        ExtentOf extent => Extent(extent),
        ProgramIndex axis => Special("%ctaid." + "xyz"[axis.Axis]),
        ThreadIndex => Special("%tid.x"),
        LoadLocal load => Load(load),
        LoadView load => Load(load),
        DotFour dot => _code.Pure(PtxOperandKind.B32, "dp4a.u32.s32", InRegister(Value(dot.Codes)), InRegister(Value(dot.Other)), Value(dot.Accumulator)),
        PermuteBytes permute => _code.Pure(PtxOperandKind.B32, "prmt.b32", Value(permute.Low), Value(permute.High), Value(permute.Selector)),
        PackPair pack => _code.Pure(
            PtxOperandKind.B32, pack.Raw == RawType.F16 ? "cvt.rn.f16x2.f32" : "cvt.rn.bf16x2.f32", Value(pack.High), Value(pack.Low)),
        IsAligned aligned => Aligned(aligned),
        Apply apply => Applied(apply.Code, apply.Type, apply.Operands[0].Type, apply.Attribute, [.. apply.Operands.AsEnumerable().Select(Value)]),
        _ => throw new NotSupportedException($"{expression.GetType().Name} is not an expression of the thread form"),
    };

    private PtxRegister Extent(ExtentOf extent)
    {
        PtxRegister register = Slot($"{extent.View}_e{Int(extent.Axis)}", 'e');
        Parameter view = program.Kernel.Find(extent.View);
        if (view.Element.Kind == ElementKind.Quantized && extent.Axis == view.Rank - 1)
            register.Align(Literal(view.Element.BlockSize).Alignment);
        return register;
    }

    private PtxRegister Special(string name) => _code.Leaf(PtxOperandKind.B32, "mov.u32", new PtxName(PtxOperandKind.Special, name));

    private PtxRegister Truth(bool value) => _code.Leaf(PtxOperandKind.Pred, "mov.pred", Literal(value ? 1 : 0));

    private PtxRegister InRegister(PtxOperand operand) => operand as PtxRegister
        ?? _code.Pure(operand.Kind == PtxOperandKind.Float ? PtxOperandKind.F32 : PtxOperandKind.B32,
            operand.Kind == PtxOperandKind.Float ? "mov.f32" : "mov.b32", operand);

    private PtxOperand Applied(OpCode code, DType type, DType from, object? attribute, PtxOperand[] operands)
    {
        switch (code)
        {
            case OpCode.Convert:
                return Conversion(from, type, operands[0]);
            case OpCode.Bitcast:
                return Reinterpreted(type, operands[0]);
            case OpCode.Lookup:
                return Lookup((LookupTable)attribute!, operands[0]);
            case OpCode.Select:
                return Select(type, operands);
            case OpCode.Philox:
                return Philox(operands);
            case OpCode.Rsqrt:
                return _code.Pure(PtxOperandKind.F32, "rcp.rn.f32", Unary("sqrt.rn.f32", PtxOperandKind.F32, operands[0]));
            case OpCode.Exp when program.Kernel.ApproximatesExp:
                return Unary("ex2.approx.ftz.f32", PtxOperandKind.F32, _code.Pure(PtxOperandKind.F32, "mul.rn.f32", operands[0], Real(Log2OfE)));
            case OpCode.Rem when from == DType.F32:
                return Remainder(InRegister(operands[0]), InRegister(operands[1]));
            case OpCode.Abs when from == DType.U32:
                return operands[0];
            case OpCode.Eq when from == DType.Bool:
                return _code.Pure(PtxOperandKind.Pred, "not.pred", _code.Pure(PtxOperandKind.Pred, "xor.pred", operands));
            case OpCode.Shl or OpCode.Shr when operands[1] is PtxLiteral by:
                operands[1] = Literal(by.Bits & 31);
                break;
            case OpCode.Shl or OpCode.Shr:
                // An amount counts modulo 32; the instructions shift everything out.
                operands[1] = Binary("and.b32", operands[1], Literal(31));
                break;
        }

        if (Legalizer.VectorRules.TryGetValue(code, out Func<Builder, Value[], Value>? rule))
            return Expanded(rule, operands);
        (string? real, string? signed, string? unsigned, string? flag) = Instructions[code];
        string opcode = (from switch { DType.F32 => real, DType.Bool => flag, DType.U32 => unsigned, _ => signed })
            ?? throw new NotSupportedException($"{code} of {from}");
        if (operands.Length == 1)
            return Unary(opcode, KindOf(type), operands[0]);
        PtxRegister result = _code.Pure(KindOf(type), opcode, operands);
        if (type is DType.I32 or DType.U32)
            result.Align(Alignment(code, operands));
        return result;
    }

    // Instructions of one operand take no literals.
    private PtxRegister Unary(string opcode, PtxOperandKind kind, PtxOperand operand) => _code.Pure(kind, opcode, InRegister(operand));

    private PtxRegister Binary(string opcode, PtxOperand left, PtxOperand right) => _code.Pure(PtxOperandKind.B32, opcode, left, right);

    // What power of two divides the result: addresses of quantized data are proven by it.
    private static int Alignment(OpCode code, PtxOperand[] operands)
    {
        int left = operands[0].Alignment, right = operands.Length > 1 ? operands[1].Alignment : 0;
        return code switch
        {
            OpCode.Mul => Math.Min(31, left + right),
            OpCode.Shl when operands[1] is PtxLiteral by => Math.Min(31, left + by.Bits),
            OpCode.Shr when operands[1] is PtxLiteral by => Math.Max(0, left - by.Bits),
            OpCode.And => Math.Max(left, right),
            OpCode.Add or OpCode.Sub or OpCode.Or or OpCode.Xor or OpCode.Min or OpCode.Max => Math.Min(left, right),
            _ => 0,
        };
    }

    private PtxRegister Select(DType type, PtxOperand[] operands)
    {
        PtxRegister condition = (PtxRegister)operands[0];
        if (type == DType.F32)
            return _code.Pure(PtxOperandKind.F32, "selp.f32", operands[1], operands[2], condition);
        if (type != DType.Bool)
        {
            PtxRegister result = _code.Pure(PtxOperandKind.B32, "selp.b32", operands[1], operands[2], condition);
            result.Align(Math.Min(operands[1].Alignment, operands[2].Alignment));
            return result;
        }

        PtxRegister otherwise = _code.Pure(PtxOperandKind.Pred, "not.pred", condition);
        return _code.Pure(PtxOperandKind.Pred, "or.pred", _code.Pure(PtxOperandKind.Pred, "and.pred", condition, operands[1]),
            _code.Pure(PtxOperandKind.Pred, "and.pred", otherwise, operands[2]));
    }

    // ---- conversions

    private PtxOperand Conversion(DType from, DType to, PtxOperand value)
    {
        switch (from, to)
        {
            case var _ when from == to:
                return value;
            case (DType.Bool, DType.F32):
                return _code.Pure(PtxOperandKind.F32, "selp.f32", Real(1f), Real(0f), value);
            case (DType.Bool, _):
                return _code.Pure(PtxOperandKind.B32, "selp.b32", Literal(1), Literal(0), value);
            case (DType.F32, DType.Bool):
                return _code.Pure(PtxOperandKind.Pred, "setp.neu.f32", value, Real(0f));
            case (_, DType.Bool):
                return _code.Pure(PtxOperandKind.Pred, "setp.ne.s32", value, Literal(0));
            case (DType.U32, DType.F32):
                return Unary("cvt.rn.f32.u32", PtxOperandKind.F32, value);
            case (_, DType.F32):
                return Unary("cvt.rn.f32.s32", PtxOperandKind.F32, value);
            case (DType.F32, DType.U32):
                return Unary("cvt.rzi.u32.f32", PtxOperandKind.B32, value);
            case (DType.F32, DType.I8):
                return Clamped(Unary("cvt.rzi.s32.f32", PtxOperandKind.B32, value), sbyte.MinValue, sbyte.MaxValue);
            case (DType.F32, _):
                return Unary("cvt.rzi.s32.f32", PtxOperandKind.B32, value);
            case (DType.U32, DType.I8):
                return Binary("min.u32", value, Literal(sbyte.MaxValue));
            case (_, DType.I8):
                return Clamped(value, sbyte.MinValue, sbyte.MaxValue);
            default:
                return value is PtxLiteral literal ? new PtxLiteral(literal.Bits, false, to == DType.U32) : value;
        }
    }

    private PtxOperand Reinterpreted(DType to, PtxOperand value)
    {
        if (value is PtxLiteral literal)
            return new PtxLiteral(literal.Bits, to == DType.F32, to == DType.U32);
        PtxOperandKind kind = KindOf(to);
        return value.Kind == kind ? value : _code.Pure(kind, "mov.b32", value);
    }

    private PtxRegister Clamped(PtxOperand value, int low, int high) => Binary("min.s32", Binary("max.s32", value, Literal(low)), Literal(high));

    private static PtxLiteral Real(float value) => new(Number.Of(value).Bits, isFloat: true);
}
