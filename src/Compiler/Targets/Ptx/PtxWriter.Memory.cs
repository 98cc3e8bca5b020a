using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Views in global memory and buffers in shared memory.</content>
internal sealed partial class PtxWriter
{
    // How one element at its natural alignment is read: the kind of register, and the instruction.
    private static readonly Dictionary<RawType, (PtxOperandKind Kind, string Opcode)> Loads = new()
    {
        [RawType.U8] = (PtxOperandKind.B32, "ld.global.u8"),
        [RawType.I8] = (PtxOperandKind.B32, "ld.global.s8"),
        [RawType.U16] = (PtxOperandKind.B32, "ld.global.u16"),
        [RawType.I16] = (PtxOperandKind.B32, "ld.global.s16"),
        [RawType.BF16] = (PtxOperandKind.B32, "ld.global.u16"),
        [RawType.F16] = (PtxOperandKind.B16, "ld.global.b16"),
        [RawType.I32] = (PtxOperandKind.B32, "ld.global.b32"),
        [RawType.F32] = (PtxOperandKind.F32, "ld.global.f32"),
    };

    // Sixteen rows of a block are a multiple of 16 bytes.
    private const int PanelAlignment = 4;

    // ---- addresses

    private PtxAddress Address(string view, Exprs indices, bool isBytes) =>
        Indexed(Row(view, indices), indices[indices.Length - 1], isBytes ? 1 : program.Kernel.Find(view).Element.Bytes);

    // The address where the last axis begins.
    private PtxRegister Row(string view, Exprs indices)
    {
        Parameter parameter = program.Kernel.Find(view);
        PtxRegister place = _code.Leaf(PtxOperandKind.B64, "cvta.to.global.u64", Slot(view, 'p'));
        place.Align(BaseAlignment(parameter));
        for (int axis = 0; axis < indices.Length - 1; axis++)
        {
            if (indices[axis] is Lowering.Literal { Value.Bits: 0 })
                continue;
            PtxRegister stride = ByteStride(parameter, axis), index = InRegister(Value(indices[axis]));
            PtxRegister distance = _code.Pure(PtxOperandKind.B64, "mul.lo.s64", _code.Pure(PtxOperandKind.B64, "cvt.s64.s32", index), stride);
            int alignment = Math.Min(place.Alignment, stride.Alignment);
            place = _code.Pure(PtxOperandKind.B64, "add.s64", place, distance);
            place.Align(alignment);
        }

        return place;
    }

    // A constant at the end of an index goes into the address.
    private PtxAddress Indexed(PtxRegister place, Expr index, int size)
    {
        (index, int distance) = Apart(index);
        PtxOperand value = Value(index);
        if (value is PtxLiteral literal && Fits(((long)literal.Bits + distance) * size))
            return PtxAddress.Of(place, (literal.Bits + distance) * size);
        PtxRegister element = InRegister(value);
        PtxRegister at;
        if (place.Kind == PtxOperandKind.B64)
        {
            at = size == 1
                ? _code.Pure(PtxOperandKind.B64, "add.s64", place, _code.Pure(PtxOperandKind.B64, "cvt.s64.s32", element))
                : _code.Pure(PtxOperandKind.B64, "mad.wide.s32", element, Literal(size), place);
        }
        else
        {
            at = _code.Pure(PtxOperandKind.B32, "mad.lo.s32", element, Literal(size), place);
        }

        at.Align(Math.Min(place.Alignment, element.Alignment + Literal(size).Alignment));
        return PtxAddress.Of(at, distance * size);
    }

    // An index as an expression and a constant.
    private static (Expr Index, int Distance) Apart(Expr index)
    {
        int distance = 0;
        while (index is Apply { Code: OpCode.Add } sum && sum.Operands[1] is Lowering.Literal { Value.I32: var by } && Fits(4 * ((long)distance + by)))
        {
            distance += by;
            index = sum.Operands[0];
        }

        return (index, distance);
    }

    private static bool Fits(long distance) => Math.Abs(distance) < 1 << 20;

    // Quantized views begin at a block, panels at a multiple of 16 bytes, and a device's memory at a multiple of 256.
    private static int BaseAlignment(Parameter view) => view.IsPanels ? PanelAlignment
        : Literal(view.Element.Kind == ElementKind.Quantized ? view.Element.BlockBytes : view.Element.Bytes).Alignment;

    private PtxRegister ByteStride(Parameter view, int axis)
    {
        PtxRegister stride = Slot($"{view.Name}_s{Int(axis)}", 's');
        Element element = view.Element;
        PtxRegister bytes;
        if (element.Kind == ElementKind.Quantized)
        {
            bytes = _code.Leaf(
                PtxOperandKind.B64, "mul.lo.s64", _code.Leaf(PtxOperandKind.B64, "div.s64", stride, Literal(element.BlockSize)), Literal(element.BlockBytes));
        }
        else
        {
            bytes = element.Bytes == 1 ? stride : _code.Leaf(PtxOperandKind.B64, "shl.b64", stride, Literal(Literal(element.Bytes).Alignment));
        }

        bytes.Align(BaseAlignment(view));
        return bytes;
    }

    // Pieces of memory follow each other in shared memory, each at a multiple of the alignment a plan counts with.
    private PtxRegister Place(LocalBuffer buffer)
    {
        PtxRegister place = _code.Leaf(PtxOperandKind.B32, "mov.u32", new PtxName(PtxOperandKind.Symbol, Shared));
        place.Align(4);
        foreach ((string _, Expr elements) in program.Memory.TakeWhile(b => b.Name != (buffer.Over ?? buffer.Name)))
        {
            PtxOperand bytes = elements is Lowering.Literal { Value.I32: var size }
                ? Literal(((4 * size) + PlanWriter.Alignment - 1) / PlanWriter.Alignment * PlanWriter.Alignment)
                : _code.Leaf(PtxOperandKind.B32, "and.b32",
                    _code.Leaf(PtxOperandKind.B32, "mad.lo.s32", AtLaunch(elements), Literal(4), Literal(PlanWriter.Alignment - 1)), Literal(-PlanWriter.Alignment));
            place = _code.Leaf(PtxOperandKind.B32, "add.s32", place, bytes);
            place.Align(4);
        }

        return place;
    }

    // Sizes are of arguments, extents and constants: known before anything runs.
    private PtxOperand AtLaunch(Expr size) => _code.InRoot(() => Value(size));

    // ---- loads

    private PtxRegister Load(LoadLocal load)
    {
        PtxAddress address = Indexed(Place(load.Buffer), load.Index, 4);
        return load.Type == DType.F32
            ? _code.Fresh(PtxOperandKind.F32, "ld.shared.f32", address)
            : _code.Fresh(PtxOperandKind.B32, "ld.shared.b32", address);
    }

    private PtxRegister Load(LoadView load)
    {
        if (load.Guard is not { } guard)
            return Read(load);
        var condition = (PtxRegister)Value(guard);
        PtxRegister result = _code.NewRegister(KindOf(load.Type));

        // Where the mask is false nothing is read: neither the view nor what the indices come from.
        PtxName otherwise = _code.NewLabel(), end = _code.NewLabel();
        PtxOperand? other = load.Other is Var or Lowering.Literal ? Value(load.Other) : null;
        if (other is not null)
            _code.Set(result, PtxCode.MoveOf(result.Kind), other);
        _code.Enter(isBranch: true);
        int position = _code.Position;
        _code.Move(result, Read(load), position);
        List<PtxLine> reading = _code.Leave();
        _code.DoIf(condition, true, "bra", otherwise);
        _code.Append(reading);
        if (other is null)
        {
            _code.Do("bra", end);
            _code.Append(new PtxLabel(otherwise));
            _code.Enter(isBranch: true);
            position = _code.Position;
            _code.Move(result, Value(load.Other!), position);
            _code.Append(_code.Leave());
            _code.Append(new PtxLabel(end));
        }
        else
        {
            _code.Append(new PtxLabel(otherwise));
        }

        return result;
    }

    private PtxRegister Read(LoadView load)
    {
        PtxAddress address = Address(load.View, load.Indices, load.ByteOffset);
        return Loaded(load, Stored(load.Raw, address, load.ByteOffset));
    }

    // What lies in memory as the load's value.
    private PtxRegister Loaded(LoadView load, PtxRegister stored)
    {
        PtxRegister value = load.Raw switch
        {
            RawType.BF16 => _code.Pure(PtxOperandKind.F32, "mov.b32", Binary("shl.b32", stored, Literal(16))),
            RawType.F16 => _code.Pure(PtxOperandKind.F32, "cvt.f32.f16", stored),
            _ => stored,
        };
        return load.Type == DType.F32 && load.Raw is not (RawType.F32 or RawType.F16 or RawType.BF16)
            ? Unary("cvt.rn.f32.s32", PtxOperandKind.F32, value)
            : value;
    }

    private PtxRegister Stored(RawType raw, PtxAddress address, bool isBytes)
    {
        (PtxOperandKind kind, string opcode) = Loads[raw];
        int bytes = StoredElement.Bytes(raw);
        bool isAligned = !isBytes || address.Alignment >= Literal(bytes).Alignment;
        PtxRegister read = isAligned ? _code.Fresh(kind, opcode, address) : Gathered(raw, address, bytes);
        return raw switch
        {
            RawType.F16 when !isAligned => _code.Pure(PtxOperandKind.B16, "cvt.u16.u32", read),
            RawType.F32 when !isAligned => _code.Pure(PtxOperandKind.F32, "mov.b32", read),
            _ => read,
        };
    }

    // Bytes at any address, the least first; what is signed has its sign in the last.
    private PtxRegister Gathered(RawType raw, PtxAddress address, int bytes)
    {
        PtxRegister word = _code.Fresh(PtxOperandKind.B32, "ld.global.u8", address);
        for (int i = 1; i < bytes; i++)
        {
            PtxRegister next = _code.Fresh(PtxOperandKind.B32, raw == RawType.I16 ? "ld.global.s8" : "ld.global.u8", address.Plus(i));
            word = Binary("or.b32", word, Binary("shl.b32", next, Literal(8 * i)));
        }

        return word;
    }

    // ---- stores

    private void Store(StoreLocal store)
    {
        PtxRegister value = InRegister(Value(store.Value));
        _code.Do(value.Kind == PtxOperandKind.F32 ? "st.shared.f32" : "st.shared.b32", Indexed(Place(store.Buffer), store.Index, 4), value);
    }

    private void Store(StoreView store)
    {
        if (store.Guard is not { } guard)
        {
            Write(store);
            return;
        }

        var condition = (PtxRegister)Value(guard);
        PtxName end = _code.NewLabel();
        _code.Enter(isBranch: true);
        Write(store);
        List<PtxLine> writing = _code.Leave();
        _code.DoIf(condition, true, "bra", end);
        _code.Append(writing);
        _code.Append(new PtxLabel(end));
    }

    private void Write(StoreView store)
    {
        PtxAddress address = Address(store.View, store.Indices, isBytes: false);
        PtxRegister value = Rounded(store.Element, Value(store.Value));
        _code.Do(StoreOf(store.Element), address, value);
    }

    // How one element is written.
    private static string StoreOf(Element element) => element.Kind switch
    {
        ElementKind.F32 => "st.global.f32",
        ElementKind.F16 or ElementKind.BF16 => "st.global.b16",
        ElementKind.I8 or ElementKind.U8 => "st.global.b8",
        _ => "st.global.b32",
    };

    // A value as an element holds it.
    private PtxRegister Rounded(Element element, PtxOperand value) => element.Kind switch
    {
        ElementKind.F16 => Unary("cvt.rn.f16.f32", PtxOperandKind.B16, value),
        ElementKind.BF16 => RoundedToBFloat16(InRegister(value)),
        ElementKind.I8 => Clamped(value, sbyte.MinValue, sbyte.MaxValue),
        ElementKind.U8 => Clamped(value, byte.MinValue, byte.MaxValue),
        _ => InRegister(value),
    };

    // To the nearest, ties to even; a NaN stays one. The instruction for it is of sm_80.
    private PtxRegister RoundedToBFloat16(PtxRegister value)
    {
        PtxRegister bits = _code.Pure(PtxOperandKind.B32, "mov.b32", value);
        PtxRegister odd = _code.Pure(PtxOperandKind.B32, "bfe.u32", bits, Literal(16), Literal(1));
        PtxRegister rounded = Binary("add.s32", Binary("add.s32", bits, odd), Literal(0x7FFF));
        PtxRegister isNaN = _code.Pure(PtxOperandKind.Pred, "setp.neu.f32", value, value);
        PtxRegister kept = _code.Pure(PtxOperandKind.B32, "selp.b32", Binary("or.b32", bits, Literal(0x400000)), rounded, isNaN);
        return Binary("shr.u32", kept, Literal(16));
    }
}
