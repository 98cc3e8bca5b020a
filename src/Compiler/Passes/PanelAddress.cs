using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>
/// Where a block's bytes lie in a view whose rows are in panels, as arithmetic of the program itself: no later pass knows of panels, it only sees what is
/// contiguous.
/// </summary>
internal sealed class PanelAddress
{
    private readonly Builder _builder;
    private readonly QuantFormat _format;
    private readonly Value _lane;
    private readonly Dictionary<Op, HashSet<int>> _offsets = [];

    /// <param name="builder">Takes the arithmetic.</param>
    /// <param name="format">The format.</param>
    /// <param name="row">The row, or a tile of rows.</param>
    public PanelAddress(Builder builder, QuantFormat format, Value row)
    {
        (_builder, _format) = (builder, format);
        Panel = Emit(OpCode.Div, row, PanelLayout.Rows);
        _lane = Emit(OpCode.Rem, row, PanelLayout.Rows);
        for (int i = 0; i < format.BlockSize; i++)
            Collect(i);
    }

    /// <summary>The panel a row lies in: the index along the view's first axis.</summary>
    public Value Panel { get; }

    /// <summary>The offset in the panel's block of a byte at an offset in the row's block.</summary>
    /// <param name="read">The read of Decode.</param>
    /// <param name="offset">The offset in the row's block.</param>
    /// <exception cref="IrException">The read takes bytes that panels take apart.</exception>
    public Value Offset(Op read, Value offset)
    {
        int bytes = RawBytes(read.Attr<MemoryAccess>().Raw);
        if (!_offsets.TryGetValue(read, out HashSet<int>? known))
            throw new IrException($"{_format.Name} computes from its data where it reads: in panels that is not supported", _builder.Location);
        foreach (int apart in known.Where(at => !PanelLayout.IsTogether(_format, at, bytes)).OrderBy(at => at).Take(1))
        {
            throw new IrException($"{_format.Name} reads {bytes} bytes at offset {apart} of a block, which panels take apart: "
                + "choose LeadingBytes so that they lie in one group of four", _builder.Location);
        }

        int[] parts = [.. known.Select(at => PanelLayout.PartOf(_format, at)).Distinct().OrderBy(part => part)];
        Value place = Part(parts[parts.Length - 1], offset);
        for (int i = parts.Length - 2; i >= 0; i--)
        {
            int end = parts[i] == 0 ? _format.LeadingBytes : _format.BlockBytes - PanelLayout.Rest(_format);
            place = _builder.Emit(OpCode.Select, null, Emit(OpCode.Lt, offset, end), Part(parts[i], offset), place);
        }

        return place;
    }

    private Value Part(int part, Value offset)
    {
        int leading = _format.LeadingBytes, rest = PanelLayout.Rest(_format), tail = _format.BlockBytes - rest;
        if (part != 1)
        {
            int size = part == 0 ? leading : rest, start = part == 0 ? 0 : tail;
            return Plus(Emit(OpCode.Mul, _lane, size), Emit(OpCode.Add, offset, start * (PanelLayout.Rows - 1)));
        }

        // Four bytes of each row: 64 bytes on for every four.
        Value within = Emit(OpCode.Sub, offset, leading);
        Value units = Emit(OpCode.Mul, Emit(OpCode.Div, within, PanelLayout.Unit), PanelLayout.Unit * (PanelLayout.Rows - 1));
        return Plus(Plus(Emit(OpCode.Add, within, leading * PanelLayout.Rows), units), Emit(OpCode.Mul, _lane, PanelLayout.Unit));
    }

    private Value Plus(Value a, Value b) => _builder.Emit(OpCode.Add, null, a, b);

    private Value Emit(OpCode code, Value value, int constant) =>
        constant == 0 && code is OpCode.Add or OpCode.Sub ? value : _builder.Emit(code, null, value, _builder.Constant(constant));

    private static int RawBytes(RawType raw) => raw switch
    {
        RawType.U8 or RawType.I8 => 1,
        RawType.U16 or RawType.I16 or RawType.F16 or RawType.BF16 => 2,
        _ => 4,
    };

    // Where Decode reads for an element. A place that depends on data is left out, and with it the read.
    private void Collect(int element)
    {
        var values = new Dictionary<Value, Number> { [_format.Decode.Body.Arguments[0]] = Number.Of(element) };
        foreach (Op op in _format.Decode.Body.Ops)
        {
            if (op.Code == OpCode.RawLoad)
            {
                if (!values.TryGetValue(op.Operands[0], out Number at))
                    continue;
                if (!_offsets.TryGetValue(op, out HashSet<int>? known))
                    _offsets[op] = known = [];
                known.Add(at.I32);
                continue;
            }

            if (op.Code == OpCode.Const)
                values[op.Result] = op.Attr<Number>();
            else if (op.Info.IsElementwise && op.Operands.All(values.ContainsKey) && !(op.Code is OpCode.Div or OpCode.Rem && values[op.Operands[1]].Bits == 0))
                values[op.Result] = Evaluate(op, [.. op.Operands.Select(o => values[o])]);
        }
    }

    private static Number Evaluate(Op op, Number[] operands)
    {
        Number At(int i) => i < operands.Length ? operands[i] : default;
        return ScalarMath.Evaluate(op.Code, op.Attribute, At(0), At(1), At(2));
    }
}
