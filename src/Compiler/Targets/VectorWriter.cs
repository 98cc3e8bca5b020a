using System.Globalization;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>
/// The vector form as C# over <c>Vector{width}</c>. A 16-lane value is one, two or four hardware vectors, its parts; every statement is written
/// once a part. What the hardware cannot do to a vector goes through a staging array lane by lane.
/// </summary>
internal partial class VectorWriter(Program program, int width, int lanes = Lowering.Lanes.Count) : CSharpScalars(program, CSharpDialect.Cpu)
{
    // {0}, {1}, {2}: operands; {V}: the vector class of the width.
    private static readonly Dictionary<OpCode, (string Float, string? Integer)> Table = new()
    {
        [OpCode.Neg] = ("(-{0})", null),
        [OpCode.Abs] = ("{V}.Abs({0})", null),
        [OpCode.Sqrt] = ("{V}.Sqrt({0})", null),
        [OpCode.Rsqrt] = ("({V}<float>.One / {V}.Sqrt({0}))", null),
        [OpCode.Exp] = ("Elementary.Exp({0})", null),
        [OpCode.Log] = ("Elementary.Log({0})", null),
        [OpCode.Sigmoid] = ("Elementary.Sigmoid({0})", null),
        [OpCode.Tanh] = ("Elementary.Tanh({0})", null),
        [OpCode.Erf] = ("Elementary.Erf({0})", null),
        [OpCode.Sin] = ("Elementary.Sin({0})", null),
        [OpCode.Cos] = ("Elementary.Cos({0})", null),
        [OpCode.Floor] = ("{V}.Floor({0})", null),
        [OpCode.Round] = ("{V}.Round({0})", null),
        [OpCode.Not] = ("", "(~{0})"),
        [OpCode.Add] = ("({0} + {1})", null),
        [OpCode.Sub] = ("({0} - {1})", null),
        [OpCode.Mul] = ("({0} * {1})", null),
        [OpCode.Div] = ("({0} / {1})", null),
        [OpCode.Rem] = ("", "({0} - (({0} / {1}) * {1}))"),
        [OpCode.Min] = ("{V}.MinNumber({0}, {1})", "{V}.Min({0}, {1})"),
        [OpCode.Max] = ("{V}.MaxNumber({0}, {1})", "{V}.Max({0}, {1})"),
        [OpCode.And] = ("", "({0} & {1})"),
        [OpCode.Or] = ("", "({0} | {1})"),
        [OpCode.Xor] = ("", "({0} ^ {1})"),
        [OpCode.Shl] = ("", "({0} << {1})"),
        [OpCode.Shr] = ("", "({0} >> {1})"),
        [OpCode.Eq] = ("{V}.Equals({0}, {1})", null),
        [OpCode.Ne] = ("(~{V}.Equals({0}, {1}))", null),
        [OpCode.Lt] = ("{V}.LessThan({0}, {1})", null),
        [OpCode.Le] = ("{V}.LessThanOrEqual({0}, {1})", null),
        [OpCode.Gt] = ("{V}.GreaterThan({0}, {1})", null),
        [OpCode.Ge] = ("{V}.GreaterThanOrEqual({0}, {1})", null),
        [OpCode.Fma] = ("{V}.FusedMultiplyAdd({0}, {1}, {2})", null),
        [OpCode.Scale] = ("Elementary.Scale({0}, {1})", null),
        [OpCode.MulHi] = ("", "Lanes.MulHi({0}, {1})"),
        [OpCode.Philox] = ("", "Lanes.Philox({0}, {1}, {2})"),
    };

    // a > b ? a : b and a < b ? a : b of floats, which is what x86's instructions give, NaN and zeros included. {0}: a, {1}: b.
    private static readonly Dictionary<int, (string Greater, string Less)> Extremes = new()
    {
        [512] = ("Avx512F.Max({0}, {1})", "Avx512F.Min({0}, {1})"),
        [256] = ("Avx.Max({0}, {1})", "Avx.Min({0}, {1})"),
        [128] = ("Lanes.Larger({0}, {1})", "Lanes.Smaller({0}, {1})"),
    };

    // Sixteen-lane reads of narrow integers, widened to i32. {0}: address.
    private static readonly Dictionary<(int Width, RawType Raw), string> Widening = new()
    {
        [(512, RawType.U8)] = "Avx512F.ConvertToVector512Int32(Vector128.Load((byte*)({0})))",
        [(512, RawType.I8)] = "Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)({0})))",
        [(512, RawType.U16)] = "Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)({0})))",
        [(512, RawType.I16)] = "Avx512F.ConvertToVector512Int32(Vector256.Load((short*)({0})))",
        [(256, RawType.U8)] = "Avx2.ConvertToVector256Int32((byte*)({0}))",
        [(256, RawType.I8)] = "Avx2.ConvertToVector256Int32((sbyte*)({0}))",
        [(256, RawType.U16)] = "Avx2.ConvertToVector256Int32((ushort*)({0}))",
        [(256, RawType.I16)] = "Avx2.ConvertToVector256Int32((short*)({0}))",
        [(128, RawType.U8)] = "Lanes.Widen((byte*)({0}))",
        [(128, RawType.I8)] = "Lanes.Widen((sbyte*)({0}))",
        [(128, RawType.U16)] = "Lanes.Widen((ushort*)({0}))",
        [(128, RawType.I16)] = "Lanes.Widen((short*)({0}))",
    };

    // The widening dot of signed bytes, one part. {0}, {1}: addresses.
    private static readonly Dictionary<int, string> PairProducts = new()
    {
        [512] = "Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)({0}))), "
            + "Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)({1}))))",
        [256] = "Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16((sbyte*)({0})), Avx2.ConvertToVector256Int16((sbyte*)({1})))",
        [128] = "Lanes.MultiplyAddPairs((sbyte*)({0}), (sbyte*)({1}))",
    };

    private const string LaneLoop = "lanes0";
    private const string HeldRow = "heldRow";

    private readonly string _vector = $"Vector{width.ToString(CultureInfo.InvariantCulture)}";
    private readonly int _lanes = width / 32;
    private int _parts = lanes / (width / 32);
    private readonly List<string> _stages = [];
    private readonly Dictionary<string, int> _stagesInUse = [];
    private readonly Dictionary<(string View, bool Bytes, Exprs Leading), string> _rows = [];
    private readonly Dictionary<(string Buffer, string Row), string> _rowsOfBuffers = [];
    private int _rowCount;
    private bool _inLaneLoop;

    /// <summary>Bits of a hardware vector.</summary>
    protected int Width => width;

    public string Method()
    {
        IndentBy(1);
        string body = Captured(() =>
        {
            IndentBy(1);
            WriteAll(Program.Body);
            IndentBy(-1);
        });
        Line("[SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        Open($"public static void Run{Int(width)}(long* args, byte* scratch, int p0, int p1, int p2)");
        if (body.Contains($"({HeldRow}, "))
            Line($"long* {HeldRow} = (long*)scratch - 1;");
        WriteArguments(body);
        foreach (string stage in _stages)
            Line(stage);
        if (System.Text.RegularExpressions.Regex.IsMatch(body, @"\bhalves\b"))
            Line("float* halves = Lanes.Halves;");
        Raw(body);
        Close();
        foreach (string loop in _hotLoops)
        {
            Line();
            Raw(loop);
        }

        return ToString();
    }

    // ---- frame

    private void WriteArguments(string body)
    {
        bool Used(string name) => System.Text.RegularExpressions.Regex.IsMatch(body, $@"\b{name}\b");
        var sizes = Program.Buffers.Select(b => PlanWriter.Size(b.Size, Scalar)).ToList();
        string launch = string.Concat(sizes);
        bool UsedAnywhere(string name) => Used(name) || System.Text.RegularExpressions.Regex.IsMatch(launch, $@"\b{name}\b");
        foreach ((Parameter parameter, string name, char kind, int slot) in Slots())
        {
            if (kind != 'p')
                continue;
            if (Used(name))
                Line($"{PointerType(parameter.Element)}* {name} = ({PointerType(parameter.Element)}*)args[{Int(slot)}];");
        }

        bool Needed(string name) => UsedAnywhere(name)
            || (name.Contains("_s") && Used(System.Text.RegularExpressions.Regex.Replace(name, "_s(\\d)$", "_b$1")));
        WriteScalars(Needed);
        foreach (Parameter view in Program.Kernel.Parameters.Where(p => p.Kind == ParameterKind.View))
        {
            for (int axis = 0; axis < view.Rank - 1; axis++)
            {
                string bytes = $"{view.Name}_b{Int(axis)}";
                if (Used(bytes))
                    Line($"long {bytes} = {view.Name}_s{Int(axis)} / {Int(view.Element.BlockSize)} * {Int(view.Element.BlockBytes)};");
            }
        }

        for (int i = 0; i < sizes.Count; i++)
        {
            LocalBuffer buffer = Program.Buffers[i];
            Line($"{TypeName(buffer.Type)}* {buffer.Name} = ({TypeName(buffer.Type)}*)scratch;");
            if (i < sizes.Count - 1)
                Line($"scratch += {sizes[i]};");
        }
    }

    private static string PointerType(Element element) => element.Kind switch
    {
        ElementKind.F32 => "float",
        ElementKind.F16 => "Half",
        ElementKind.BF16 => "BFloat16",
        ElementKind.I32 => "int",
        ElementKind.I8 => "sbyte",
        _ => "byte",
    };

    // ---- statements

    protected override void WriteLet(Let let)
    {
        _stagesInUse.Clear();
        if (!let.Var.IsVector)
        {
            _declared[let.Var.Name] = TypeName(let.Var.Type);
            if (!let.Mutable)
                _scalars[let.Var.Name] = let.Value;
            Line($"{TypeName(let.Var.Type)} {let.Var.Name} = {Bare(Scalar(let.Value))};");
            return;
        }

        if (!let.Mutable)
            _vectors[let.Var.Name] = let.Value;
        string[] parts = Vector(let.Value);
        for (int p = 0; p < _parts; p++)
            Line($"{VectorType(let.Var.Type)} {Part(let.Var, p)} = {Bare(parts[p])};");
    }

    protected override void WriteAssign(Assign assign)
    {
        _stagesInUse.Clear();
        if (!assign.Var.IsVector)
        {
            Line($"{assign.Var.Name} = {Bare(Scalar(assign.Value))};");
            return;
        }

        string[] parts = Vector(assign.Value);
        for (int p = 0; p < _parts; p++)
            Line($"{Part(assign.Var, p)} = {Bare(parts[p])};");
    }

    protected override void WriteStoreLocal(StoreLocal store)
    {
        _stagesInUse.Clear();
        string address = Address(store.Buffer.Name, Bare(Scalar(store.Index)));
        if (!store.Value.IsVector)
        {
            string target = $"{store.Buffer.Name}[{Bare(Scalar(store.Index))}]";
            Line($"{target} = {Bare(Scalar(store.Value))};");
            return;
        }

        string[] parts = Vector(store.Value);
        for (int p = 0; p < _parts; p++)
            Line($"{parts[p]}.Store({PartAddress(address, p)});");
    }

    protected override void WriteStoreView(StoreView store)
    {
        _stagesInUse.Clear();
        if (!store.Value.IsVector)
        {
            string line = $"{Element(Place(store.View, store.Indices, Scalar, false))} = {Stored(store.Element, Scalar(store.Value))};";
            Line(store.Guard is { } condition ? $"if ({Bare(Scalar(condition))}) {line}" : line);
            return;
        }

        if (store.Next is { } next)
        {
            StorePacked(store, next);
            return;
        }

        bool consecutive = store.Indices.AsEnumerable().All(i => !i.IsVector);
        if (consecutive && store.Guard is null)
        {
            string address = Address(Place(store.View, store.Indices, Scalar, false));
            string[] parts = Vector(store.Value);
            bool whole = store.Count is null && store.Element.Bytes == 4;
            for (int p = 0; p < _parts; p++)
                Line(whole ? $"{parts[p]}.Store({PartAddress(address, p)});"
                    : $"Lanes.Store({Bare(parts[p])}, {PartAddress(address, p)}, {PartCount(store.Count, p)});");
            return;
        }

        if (store.Element.Kind is ElementKind.F32 or ElementKind.I32 && EverySecond(store.View, store.Indices, store.Count, store.Guard) is { } second)
        {
            Line($"Lanes.StoreEverySecond({Bare(Vector(store.Value)[0])}, {second});");
            return;
        }

        if (store.Guard is { IsVector: true } guard)
        {
            StoreSome(store, Vector(guard), consecutive);
            return;
        }

        string statement = StoreLane(store, consecutive);
        Line($"for (int lane = 0; lane < {LaneCount(store.Count)}; lane++)");
        Line($"    {(store.Guard is null ? "" : $"if ({Scalar(store.Guard)}) ")}{statement}");
    }

    private void StorePacked(StoreView store, Var next)
    {
        string[] parts = Vector(store.Value), guards = Vector(store.Guard!);
        for (int p = 0; p < _parts; p++)
        {
            string count = store.Count is null ? "" : $", {PartCount(store.Count, p)}";
            Line($"{next.Name} += Lanes.StorePacked({Bare(parts[p])}, {Address(Place(store.View, store.Indices, Scalar, false))}, {Bare(guards[p])}{count});");
        }
    }

    // Few lanes, as a rule: those alone that the guard lets through.
    private void StoreSome(StoreView store, string[] guard, bool consecutive)
    {
        string all = guard.Length == 1 ? guard[0] : $"({string.Join(" | ", guard)})";
        Open($"if ({all} != {_vector}<int>.Zero)");
        string statement = StoreLane(store, consecutive);
        string limit = store.Count is null ? "" : $" & Lanes.First({LaneCount(store.Count)})";
        Line($"for (uint left = Lanes.Bits({string.Join(", ", guard.Select(Bare))}){limit}; left != 0; left &= left - 1)");
        Line("{");
        IndentBy(1);
        Line("int lane = Lanes.Lowest(left);");
        Line(statement);
        Close();
        Close();
    }

    private string StoreLane(StoreView store, bool consecutive)
    {
        string value = Staged(store.Value);
        (string pointer, string offset) = Place(store.View, store.Indices, LaneIndices(store.Indices), false);
        return $"{pointer}[{offset}{(consecutive ? EachLane : "")}] = {Stored(store.Element, $"{value}[lane]")};";
    }

    // A short loop over the parts, after what they share: the turn's scalars.
    protected override void WriteBody(For loop)
    {
        if (!loop.IsLanewise || _parts == 1 || !StandsByItself(loop))
        {
            base.WriteBody(loop);
            return;
        }

        WriteAll(loop.Body.Where(s => s is Let { Var.IsVector: false }));
        Open($"for (int {LaneLoop} = 0; {LaneLoop} < {Int(Lowering.Lanes.Count)}; {LaneLoop} += {Int(_lanes)})");
        (_parts, _inLaneLoop) = (1, true);
        WriteAll(loop.Body.Where(s => s is not Let { Var.IsVector: false }));
        (_parts, _inLaneLoop) = (lanes / _lanes, false);
        Close();
    }

    // Nothing in it is called on all lanes, or made of lanes one by one.
    private static bool StandsByItself(For loop)
    {
        Stmt[] inside = [.. CodeWalk.All(loop.Body)];
        return inside.All(s => s is Let or Assign or For or Prefetch or StoreLocal or Lowering.StoreView { Next: null }) && !inside.SelectMany(CodeWalk.Expressions).Any(e => e is Lowering.Spread or ReduceLanes);
    }

    protected override void WriteBarrier() => throw new NotSupportedException("the vector form has no barriers");

    // ---- scalars

    protected override string Scalar(Expr expression) => expression switch
    {
        LoadLocal load => Element(load),
        BeginsRow => $"Lanes.BeginsRow({HeldRow}, p1, p2)",
        LoadView load => ScalarLoad(load, Scalar, load.Guard is { } guard ? Scalar(guard) : null, load.Other is { } other ? Scalar(other) : null),
        ReduceLanes reduce => Reduced(reduce),
        _ => base.Scalar(expression),
    };

    private string ScalarLoad(LoadView load, Func<Expr, string> index, string? guard, string? other, string last = "")
    {
        (string view, string offset) = Place(load.View, load.Indices, index, load.ByteOffset);
        offset += last;
        string text = load.ByteOffset
            ? load.Raw switch
            {
                RawType.U8 => $"{view}[{offset}]",
                RawType.I8 => $"(sbyte){view}[{offset}]",
                RawType.U16 => $"*(ushort*)({view} + {offset})",
                RawType.I16 => $"*(short*)({view} + {offset})",
                RawType.I32 => $"*(int*)({view} + {offset})",
                RawType.F16 => $"halves[*(ushort*)({view} + {offset})]",
                RawType.BF16 => $"(float)*(BFloat16*)({view} + {offset})",
                _ => $"*(float*)({view} + {offset})",
            }
            : load.Raw == RawType.I16 ? $"((short*){view})[{offset}]"
            : load.Raw == RawType.F16 ? $"halves[((ushort*){view})[{offset}]]"
            : load.Type == DType.F32 && load.Raw != RawType.F32 ? $"(float){view}[{offset}]" : $"{view}[{offset}]";
        return guard is null ? text : $"({guard} ? {text} : {other})";
    }

    private static string Stored(Element element, string value) => element.Kind switch
    {
        ElementKind.F16 => $"(Half){value}",
        ElementKind.BF16 => $"(BFloat16){value}",
        ElementKind.I8 => $"(sbyte)Math.Clamp({value}, -128, 127)",
        ElementKind.U8 => $"(byte)Math.Clamp({value}, 0, 255)",
        _ => Bare(value),
    };

    // Lane l with l + 8, + 4, + 2, + 1, whatever the width; Lanes does the same within a hardware vector.
    private string Reduced(ReduceLanes reduce)
    {
        string[] parts = Vector(reduce.Vector);
        string Combine(string a, string b) => reduce.Kind == ReduceKind.Sum ? $"({a} + {b})" : $"{_vector}.{reduce.Kind}({a}, {b})";
        string all = _parts switch
        {
            1 => parts[0],
            2 => Combine(parts[0], parts[1]),
            _ => Combine(Combine(parts[0], parts[2]), Combine(parts[1], parts[3])),
        };
        return $"Lanes.{reduce.Kind}({Bare(all)})";
    }
}
