using System.Globalization;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>Memory: where elements lie, how they are read whole, in part or lane by lane, and the statements over matrices.</content>
internal partial class VectorWriter
{
    private string[] LoadBuffer(LoadLocal load)
    {
        if (!load.Index.IsVector)
        {
            string address = Address(PlaceInBuffer(load.Buffer.Name, load.Index));
            return load.Count is { } count ? PartialLoad("", address, count) : Parts(p => $"{_vector}.Load({PartAddress(address, p)})");
        }

        string index = Staged(load.Index);
        string stage = Stage(TypeName(load.Type));
        Line($"for (int lane = 0; lane < {LaneCount(load.Count)}; lane++)");
        Line($"    {stage}[lane] = {load.Buffer.Name}[{index}[lane]];");
        return Parts(p => $"{_vector}.Load({StageAddress(stage, p)})");
    }

    private string[] LoadView(LoadView load)
    {
        bool consecutive = load.Indices.AsEnumerable().All(i => !i.IsVector);
        if (consecutive && load.Guard is null && Narrow(load.Raw) is { } narrow)
        {
            string address = Address(Place(load.View, load.Indices, Scalar, load.ByteOffset));
            if (load.ByteOffset && load.Raw is not (RawType.U8 or RawType.I8))
                address = $"({PointerTo(load.Raw)}*)({address})";
            if (load.Count is null)
                PrefetchAhead(load, address);
            string[] lanes = load.Count is { } limit ? PartialLoad(narrow, address, limit) : WholeLoad(load.Raw, address);
            return load.Raw == RawType.BF16 ? lanes.Select(w => $"({w} << 16).AsSingle()").ToArray()
                : load.Type == DType.F32 && narrow.Length > 0 ? lanes.Select(w => $"{_vector}.ConvertToSingle({w})").ToArray()
                : lanes;
        }

        if (consecutive && load is { Raw: RawType.F32 or RawType.I32, ByteOffset: false, Guard.IsVector: true })
            return MaskedLoad(load);
        if (load is { Raw: RawType.F32 or RawType.I32, ByteOffset: false } && EverySecond(load.View, load.Indices, load.Count, load.Guard) is { } second)
            return [$"Lanes.EverySecond({second})"];
        string type = TypeName(load.Type);
        string stage = Stage(type);
        Func<Expr, string> index = LaneIndices(load.Indices);
        string? guard = load.Guard is { } g ? LaneGuard(g) : null;
        string other = load.Other is null ? "0" : load.Other.IsVector ? $"{Staged(load.Other)}[lane]" : Scalar(load.Other);
        string value = ScalarLoad(load, index, guard, other, consecutive ? EachLane : "");
        string count = LaneCount(load.Count);
        if (load.Count is not null)
            Line($"new Span<{type}>({stage}, 16).Clear();");
        Line($"for (int lane = 0; lane < {count}; lane++)");
        Line($"    {stage}[lane] = {value};");
        return Parts(p => $"{_vector}.Load({StageAddress(stage, p)})");
    }

    private string[] MaskedLoad(LoadView load)
    {
        string address = Address(Place(load.View, load.Indices, Scalar, false));
        string[] guard = Vector(load.Guard!), other = Vector(load.Other!.IsVector ? load.Other : new Broadcast(load.Other));
        return Parts(p => $"Lanes.Load{Int(width)}({PartAddress(address, p)}, {(load.Count is null ? Bare(guard[p]) : $"{guard[p]} & Lanes.First{Int(width)}({PartCount(load.Count, p)})")}, {Bare(other[p])})");
    }

    // What a consecutive read is read as: "" is a whole lane, a type name one that is widened to i32; null has no vector read.
    private static string? Narrow(RawType raw) => raw switch
    {
        RawType.F32 or RawType.I32 => "",
        RawType.U8 => "byte",
        RawType.I8 => "sbyte",
        RawType.U16 or RawType.BF16 => "ushort",
        RawType.I16 => "short",
        _ => null,
    };

    private static string PointerTo(RawType raw) => Narrow(raw) is { Length: > 0 } narrow ? narrow : raw == RawType.F32 ? "float" : "int";

    private string[] WholeLoad(RawType raw, string address) => raw is RawType.F32 or RawType.I32
        ? Parts(p => $"{_vector}.Load({PartAddress(address, p)})")
        : Parts(p => string.Format(CultureInfo.InvariantCulture, Widening[(width, raw == RawType.BF16 ? RawType.U16 : raw)], PartAddress(address, p)));

    private string[] PartialLoad(string narrow, string address, Expr count) => Parts(p => narrow.Length == 0
        ? $"Lanes.Load{Int(width)}({PartAddress(address, p)}, {PartCount(count, p)})"
        : $"Lanes.Load{Int(width)}(({narrow}*)({PartAddress(address, p)}), {PartCount(count, p)})");

    /// <summary>How many of a part's lanes take part.</summary>
    protected virtual string PartCount(Expr? count, int part) =>
        count is null ? Int(_lanes)
        : _inLaneLoop ? $"{Scalar(count)} - {LaneLoop}"
        : part == 0 ? Bare(Scalar(count)) : $"{Scalar(count)} - {Int(part * _lanes)}";

    // ---- matrices

    protected override void WriteContract(Contract contract)
    {
        string form = (contract.ByColumns ? "ByColumns" : "ByDepth") + (contract.Streams ? "Ahead" : "");
        string columns = Bare(Scalar(contract.N)), depth = Bare(Scalar(contract.K));
        string accumulates = contract.Accumulates ? "true" : "false";
        Line($"Contractions{Int(width)}.{form}({MatrixText(contract.A)}, {MatrixText(contract.B)}, {MatrixText(contract.Target)}, "
            + $"{Bare(Scalar(contract.M))}, {columns}, {depth}, {accumulates});");
    }

    protected override void WriteTranspose(TransposeMatrix transpose) => Line(
        $"Lanes.Transpose({MatrixText(transpose.Source)}, {MatrixText(transpose.Target)}, {Bare(Scalar(transpose.Rows))}, {Bare(Scalar(transpose.Columns))});");

    protected override void WriteCombineRows(CombineRows combine) =>
        Line($"Lanes.{combine.Kind}Rows{Int(width)}({combine.Source.Name}, {combine.Target.Name}, {Bare(Scalar(combine.Rows))});");

    private string MatrixText(Matrix matrix) => matrix switch
    {
        ViewMatrix view => $"{Address(Place(view.View, view.Start, Scalar, false))}, {view.View}_s{Int(view.RowAxis)}",
        _ when matrix is BufferMatrix buffer => $"{AddressOf(buffer.Buffer, buffer)}, {Bare(Scalar(buffer.RowStride))}",
        _ => throw new NotSupportedException($"{matrix} is no matrix"),
    };

    // Where a matrix begins in its buffer, or in one laid out alike.
    private string AddressOf(LocalBuffer buffer, BufferMatrix matrix) => matrix.First is { } first ? Address(buffer.Name, Bare(Scalar(first))) : buffer.Name;

    // ---- lane by lane

    private string[] LaneByLane(Apply apply)
    {
        string[] operands = apply.Operands.AsEnumerable()
            .Select(o => o.IsVector ? o.Type == DType.Bool ? $"({Staged(o)}[lane] != 0)" : $"{Staged(o)}[lane]" : Scalar(o)).ToArray();
        string stage = Stage(apply.Type == DType.Bool ? "int" : TypeName(apply.Type));
        string value = ScalarApply(apply, operands);
        Line($"for (int lane = 0; lane < {LaneCount(null)}; lane++)");
        Line($"    {stage}[lane] = {(apply.Type == DType.Bool ? $"{value} ? -1 : 0" : value)};");
        return Parts(p => $"{_vector}.Load({StageAddress(stage, p)})");
    }

    /// <summary>The lanes of a vector in memory; returns the array's name.</summary>
    private string Staged(Expr vector)
    {
        string stage = Stage(vector.Type == DType.F32 ? "float" : vector.Type == DType.U32 ? "uint" : "int");
        string[] parts = Vector(vector);
        for (int p = 0; p < _parts; p++)
            Line($"{parts[p]}.Store({StageAddress(stage, p)});");
        return stage;
    }

    private Func<Expr, string> LaneIndices(Exprs indices)
    {
        var staged = new Dictionary<Expr, string>();
        foreach (Expr index in indices.AsEnumerable().Where(i => i.IsVector))
            staged[index] = Staged(index);
        return index => staged.TryGetValue(index, out string? stage) ? $"{stage}[lane]" : Scalar(index);
    }

    private string LaneGuard(Expr guard) => guard.IsVector ? $"{Staged(guard)}[lane] != 0" : Scalar(guard);

    private string LaneCount(Expr? count) => count is null ? Int(_parts * _lanes) : Bare(Scalar(count));

    private string EachLane => _inLaneLoop ? $" + {LaneLoop} + lane" : " + lane";

    // Arrays of 16 lanes serve one statement and then the next.
    private string Stage(string type)
    {
        _stagesInUse.TryGetValue(type, out int index);
        _stagesInUse[type] = index + 1;
        string name = $"{type}Lanes{Int(index)}";
        string declaration = $"{type}* {name} = stackalloc {type}[16];";
        if (!_stages.Contains(declaration))
            _stages.Add(declaration);
        return name;
    }

    private string First(LoadView load) => Address(Place(load.View, load.Indices, Scalar, load.ByteOffset));

    private string PairAddress(string address, int part) => part == 0 ? address : $"{address} + {Int(2 * part * _lanes)}";

    private static string Element((string Pointer, string Offset) place) => $"{place.Pointer}[{place.Offset}]";

    protected static string Address((string Pointer, string Offset) place) => Address(place.Pointer, place.Offset);

    protected static string Address(string pointer, string offset) => offset == "0" ? pointer : $"{pointer} + {offset}";

    private string PartAddress(string address, int part) => part > 0 ? $"{address} + {Int(part * _lanes)}" : _inLaneLoop ? $"{address} + {LaneLoop}" : address;

    private string StageAddress(string stage, int part) => part == 0 ? stage : $"{stage} + {Int(part * _lanes)}";
}
