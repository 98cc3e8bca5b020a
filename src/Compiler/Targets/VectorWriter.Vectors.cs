using System.Globalization;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>Expressions of all lanes.</content>
internal partial class VectorWriter
{
    private string VectorType(DType type) => $"{_vector}<{(type == DType.F32 ? "float" : type == DType.U32 ? "uint" : "int")}>";

    private string Part(Var variable, int part) => _parts == 1 ? variable.Name : $"{variable.Name}__{Int(part)}";

    protected string[] Vector(Expr expression)
    {
        switch (expression)
        {
            case Var variable:
                return Parts(p => Part(variable, p));
            case Broadcast { Scalar: var scalar }:
                return Parts(_ => Splat(scalar));
            case LaneIndex lanes:
                string first = Bare(Scalar(lanes.First));
                return Parts(p => first == "0" && p == 0 && !_inLaneLoop
                    ? $"{_vector}<int>.Indices"
                    : $"({_vector}.Create({PlusLanes(first, p)}) + {_vector}<int>.Indices)");
            case LoadLocal load:
                return LoadBuffer(load);
            case LoadView load:
                return LoadView(load);
            case Apply apply:
                return Apply(apply);
            case DotBytes dot:
                return Dot(dot);
            case PackedCodes packed:
                return Packed(packed);
            case Spread spread:
                return Spread(spread);
            case PrefixLanes prefix:
                return Summed(prefix);
            case MultiplyAddPairs pairs:
                string[] sums = Vector(pairs.Accumulator);
                string a = First(pairs.A), b = First(pairs.B);
                return Parts(p => $"({sums[p]} + {string.Format(CultureInfo.InvariantCulture, PairProducts[width], PairAddress(a, p), PairAddress(b, p))})");
            default:
                throw new NotSupportedException($"{expression.GetType().Name} is not a vector expression");
        }
    }

    private string PlusLanes(string first, int part)
    {
        string lanes = _inLaneLoop ? LaneLoop : Int(part * _lanes);
        return part == 0 && !_inLaneLoop ? first : first == "0" ? lanes : $"{first} + {lanes}";
    }

    private string[] Parts(Func<int, string> text) => Enumerable.Range(0, _parts).Select(text).ToArray();

    private string Splat(Expr scalar) => scalar switch
    {
        Literal { Value: var v } when v.Type != DType.Bool && v.Bits == 0 => $"{VectorType(scalar.Type)}.Zero",
        _ when scalar.Type == DType.Bool => $"{_vector}.Create({Scalar(scalar)} ? -1 : 0)",
        _ => $"{_vector}.Create({Bare(Scalar(scalar))})",
    };

    private string[] Apply(Apply apply)
    {
        bool scalarShift = apply.Code is OpCode.Shl or OpCode.Shr && !apply.Operands[1].IsVector;
        bool variableShift = apply.Code is OpCode.Shl or OpCode.Shr && apply.Operands[1].IsVector;
        if (variableShift)
            return Shifted(apply);
        if (Extreme(apply) is { } extreme)
            return extreme;
        if (apply.Code == OpCode.Lookup)
            return LookedUp(apply, (LookupTable)apply.Attribute!);
        if (!(Table.ContainsKey(apply.Code) || apply.Code is OpCode.Convert or OpCode.Bitcast or OpCode.Select)
            || (apply.Code == OpCode.Rem && apply.Operands[0].Type == DType.F32))
            return LaneByLane(apply);
        string[][] operands = apply.Operands.AsEnumerable()
            .Select((o, i) => scalarShift && i == 1 ? Parts(_ => Scalar(o)) : apply.Code == OpCode.Select && i == 0 ? Condition(o, apply.Type) : Vector(o))
            .ToArray();
        DType from = apply.Operands[0].Type;
        return Parts(p => ApplyPart(apply, from, operands.Select(o => o[p]).ToArray()));
    }

    // A choice of the greater or the lesser of two floats.
    private string[]? Extreme(Apply apply)
    {
        if (apply is { Code: OpCode.Min or OpCode.Max, Type: DType.F32 } && OfNumber(apply) is var (variable, number))
        {
            (string greater, string less) = Extremes[width];
            return Vector(variable).Zip(Vector(number), (x, y) => string.Format(CultureInfo.InvariantCulture, apply.Code == OpCode.Max ? greater : less, Bare(x), Bare(y))).ToArray();
        }

        if (apply is not { Code: OpCode.Select, Type: DType.F32 } || apply.Operands[0] is not Apply { Code: OpCode.Gt or OpCode.Lt, IsVector: true } comparison
            || !comparison.Operands[0].Equals(apply.Operands[1]) || !comparison.Operands[1].Equals(apply.Operands[2]))
        {
            return null;
        }

        string template = comparison.Code == OpCode.Gt ? Extremes[width].Greater : Extremes[width].Less;
        string[] first = Vector(apply.Operands[1]), second = Vector(apply.Operands[2]);
        return Parts(p => string.Format(CultureInfo.InvariantCulture, template, Bare(first[p]), Bare(second[p])));
    }

    // The operands of a minimum or maximum of which the second is a number that x86's instructions, which give it for NaN and for a zero beside a zero, choose rightly.
    private static (Expr Variable, Expr Number)? OfNumber(Apply apply)
    {
        bool first = apply.Operands[0] is Broadcast { Scalar: Literal };
        (Expr variable, Expr number) = first ? (apply.Operands[1], apply.Operands[0]) : (apply.Operands[0], apply.Operands[1]);
        return number is Broadcast { Scalar: Literal { Value.F32: var value } } && !float.IsNaN(value)
            && !(value == 0 && (BitConverter.ToInt32(BitConverter.GetBytes(value), 0) < 0) == (apply.Code == OpCode.Max))
            ? (variable, number) : null;
    }

    // The sum of the lanes up to each, from hardware vector to hardware vector.
    private string[] Summed(PrefixLanes prefix)
    {
        string[] values = Vector(prefix.Vector);
        return Parts(p => p == 0 ? $"Lanes.Prefix({Bare(values[0])})"
            : $"(Lanes.Prefix({Bare(values[p])}) + {_vector}.Create(Lanes.Sum({string.Join(" + ", values.Take(p))})))");
    }

    // By a number of its own for each lane, of which the low five bits count.
    private string[] Shifted(Apply apply)
    {
        string kind = apply.Code == OpCode.Shl ? "LeftLogical" : apply.Type == DType.U32 ? "RightLogical" : "RightArithmetic";
        string owner = width switch { 512 => "Avx512F", 256 => "Avx2", _ => "Lanes" };
        string[] values = Vector(apply.Operands[0]), counts = Vector(apply.Operands[1]);
        string unsigned = apply.Operands[1].Type == DType.U32 ? "" : ".AsUInt32()";
        return Parts(p => $"{owner}.Shift{kind}Variable({values[p]}, ({counts[p]} & {_vector}.Create({(unsigned.Length == 0 ? "31u" : "31")})){unsigned})");
    }

    // A permutation of a vector that holds the table, or of two halves.
    private string[] LookedUp(Apply apply, LookupTable table)
    {
        string[] indices = Vector(apply.Operands[0]);
        string Entries(int first, int count) => string.Join(", ", Enumerable.Range(first, count).Select(i => Int(table[i])));
        return Parts(p => width switch
        {
            512 => $"Avx512F.PermuteVar16x32(Vector512.Create({Entries(0, 16)}), {indices[p]})",
            256 => $"Lanes.Lookup({indices[p]}, Vector256.Create({Entries(0, 8)}), Vector256.Create({Entries(8, 8)}))",
            _ => $"Lanes.Lookup({indices[p]}, {table.Low.ToString(CultureInfo.InvariantCulture)}, {table.High.ToString(CultureInfo.InvariantCulture)})",
        });
    }

    private string ApplyPart(Apply apply, DType from, string[] operands)
    {
        switch (apply.Code)
        {
            case OpCode.Convert:
                return Conversion(from, apply.Type, operands[0]);
            case OpCode.Bitcast:
                return $"{operands[0]}.As{(apply.Type == DType.F32 ? "Single" : apply.Type == DType.U32 ? "UInt32" : "Int32")}()";
            case OpCode.Select:
                return $"{_vector}.ConditionalSelect({operands[0]}, {operands[1]}, {operands[2]})";
        }

        string text = FromTable(apply.Code, from, operands);
        bool compare = OpTable.Of(apply.Code).Rule == TypeRule.Compare;
        return compare && from is DType.F32 or DType.U32 ? $"{text}.AsInt32()" : text;
    }

    // What chooses among lanes of a type. Comparisons give i32 lanes, except that one of floats may choose among floats as it is.
    private string[] Condition(Expr condition, DType type)
    {
        if (type == DType.F32 && condition is Apply { IsVector: true } compare && compare.Operands[0].Type == DType.F32
            && OpTable.Of(compare.Code).Rule == TypeRule.Compare)
        {
            string[][] operands = compare.Operands.AsEnumerable().Select(Vector).ToArray();
            return Parts(p => FromTable(compare.Code, DType.F32, operands.Select(o => o[p]).ToArray()));
        }

        string suffix = type == DType.F32 ? ".AsSingle()" : type == DType.U32 ? ".AsUInt32()" : "";
        return Vector(condition).Select(lanes => lanes + suffix).ToArray();
    }

    private string FromTable(OpCode code, DType from, string[] operands)
    {
        (string real, string? integer) = Table[code];
        string template = (from == DType.F32 ? real : integer ?? real).Replace("{V}", _vector);
        return string.Format(CultureInfo.InvariantCulture, template, operands);
    }

    private string Conversion(DType from, DType to, string value) => (from, to) switch
    {
        _ when from == to => value,
        (DType.Bool, DType.F32) => $"({value} & {_vector}.Create(1f).AsInt32()).AsSingle()",
        (DType.Bool, DType.U32) => $"({value} & {_vector}<int>.One).AsUInt32()",
        (DType.Bool, _) => $"({value} & {_vector}<int>.One)",
        (DType.F32, DType.Bool) => $"(~{_vector}.Equals({value}, {_vector}<float>.Zero)).AsInt32()",
        (DType.U32, DType.Bool) => $"(~{_vector}.Equals({value}, {_vector}<uint>.Zero)).AsInt32()",
        (_, DType.Bool) => $"(~{_vector}.Equals({value}, {_vector}<int>.Zero))",
        (DType.I32 or DType.I8 or DType.U32, DType.F32) => $"{_vector}.ConvertToSingle({value})",
        (DType.F32, DType.U32) => $"{_vector}.ConvertToUInt32({value})",
        (DType.F32, DType.I32) => $"{_vector}.ConvertToInt32({value})",
        (DType.F32, DType.I8) => Saturated($"{_vector}.ConvertToInt32({value})"),
        (DType.I32, DType.I8) => Saturated(value),
        (DType.U32, _) => $"{value}.AsInt32()",
        (_, DType.U32) => $"{value}.AsUInt32()",
        _ => value,
    };

    private string Saturated(string value) => $"{_vector}.Min({_vector}.Max({value}, {_vector}.Create(-128)), {_vector}.Create(127))";
}
