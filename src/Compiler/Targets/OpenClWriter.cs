using System.Globalization;
using System.Text.RegularExpressions;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>The thread form as OpenCL C 1.2: expression tables and the kernel's frame.</summary>
internal sealed partial class OpenClWriter(Program program) : CodeWriter(program)
{
    // What is no operator. {0}, {1}, {2}: operands. Float forms first, then the form for integers where it differs.
    private static readonly Dictionary<OpCode, (string Float, string? Integer)> Functions = new()
    {
        [OpCode.Abs] = ("fabs({0})", "(int)abs({0})"),
        [OpCode.Exp] = ("exp({0})", null),
        [OpCode.Log] = ("log({0})", null),
        [OpCode.Sqrt] = ("sqrt({0})", null),
        [OpCode.Rsqrt] = ("(1.0f / sqrt({0}))", null),
        [OpCode.Tanh] = ("tanh({0})", null),
        [OpCode.Erf] = ("erf({0})", null),
        [OpCode.Sin] = ("sin({0})", null),
        [OpCode.Cos] = ("cos({0})", null),
        [OpCode.Sigmoid] = ("(1.0f / (1.0f + exp(-{0})))", null),
        [OpCode.Floor] = ("floor({0})", null),
        [OpCode.Round] = ("rint({0})", null),
        [OpCode.Rem] = ("fmod({0}, {1})", "({0} % {1})"),
        [OpCode.Min] = ("fmin({0}, {1})", "min({0}, {1})"),
        [OpCode.Max] = ("fmax({0}, {1})", "max({0}, {1})"),
        [OpCode.Scale] = ("ldexp({0}, (int)({1}))", null),
        [OpCode.MulHi] = ("", "mul_hi({0}, {1})"),
        [OpCode.Fma] = ("fma({0}, {1}, {2})", null),
        [OpCode.Philox] = ("kf_philox({0}, {1}, {2})", null),
    };

    // What the runtime defines where it builds for smaller groups than the schedule's: see OpenClDevice.
    private const string GroupName = "KF_GROUP";

    private readonly Dictionary<string, int> _uses = CodeWalk.Uses(program);
    private readonly Dictionary<Stmt, HalfOperation> _halves = [];
    private readonly HashSet<string> _omitted = CodeWalk.Unused(program);

    public string Source(string entryPoint)
    {
        string body = Captured(() =>
        {
            IndentBy(1);
            WriteAll(Program.Body);
            IndentBy(-1);
        });
        bool hasSubGroups = CodeWalk.All(Program.Body).Any(s => s is Shuffle);
        Line("#pragma OPENCL FP_CONTRACT OFF");
        if (hasSubGroups)
            Raw(SubGroups.Replace("\r", ""));
        Line();
        foreach ((string name, string text) in Library)
        {
            if (body.Contains(name))
                Raw(text.Replace("\r", "") + "\n");
        }

        string group = Int(Program.WorkGroup);
        if (body.Contains(GroupName))
        {
            Raw($"#ifndef {GroupName}\n#define {GroupName} {group}\n#endif\n");
            group = GroupName;
        }

        Line($"__kernel __attribute__((reqd_work_group_size({group}, 1, 1))){(hasSubGroups ? " KF_SUB_GROUP_SIZE" : "")}");
        Open($"void {entryPoint}({string.Join(", ", Parameters())})");
        WriteFrame(body);
        Raw(body);
        Close();
        return ToString();
    }

    private IEnumerable<string> Parameters()
    {
        foreach ((Parameter parameter, string name, char kind, _) in Slots())
        {
            switch (kind)
            {
                case 'p':
                    yield return $"__global uchar* {name}_p";
                    yield return $"const long {name}_o";
                    break;
                case 's':
                    yield return $"const long {name}";
                    break;
                case 'e':
                    yield return $"const int {name}";
                    break;
                default:
                    yield return $"const {(parameter.DType == DType.Bool ? "int" : TypeName(parameter.DType))} {name}";
                    break;
            }
        }

        if (Program.Buffers.Count > 0)
            yield return "__local uchar* scratch";
    }

    private void WriteFrame(string body)
    {
        foreach (Parameter view in Program.Kernel.Parameters.Where(p => p.Kind == ParameterKind.View))
        {
            if (Regex.IsMatch(body, $@"\b{view.Name}\b"))
                Line($"__global {StorageType(view.Element)}* {view.Name} = (__global {StorageType(view.Element)}*)({view.Name}_p + {view.Name}_o);");
            for (int axis = 0; axis < view.Rank - 1; axis++)
            {
                string bytes = $"{view.Name}_b{Int(axis)}";
                if (Regex.IsMatch(body, $@"\b{bytes}\b"))
                    Line($"const long {bytes} = {view.Name}_s{Int(axis)} / {Int(view.Element.BlockSize)} * {Int(view.Element.BlockBytes)};");
            }
        }

        for (int i = 0; i < Program.Buffers.Count; i++)
        {
            LocalBuffer buffer = Program.Buffers[i];
            Line($"__local {TypeName(buffer.Type)}* {buffer.Name} = (__local {TypeName(buffer.Type)}*)scratch;");
            if (i < Program.Buffers.Count - 1)
                Line($"scratch += {PlanWriter.Size(buffer.Size, Scalar).Replace("4L", "4")};");
        }
    }

    // ---- statements

    // Operands of what may be in halves are read where the result is stored, so that nothing may be written in between.
    protected override void WriteAll(IEnumerable<Stmt> statements)
    {
        var before = new Dictionary<string, Let>();
        foreach (Stmt statement in statements)
        {
            if (statement is Let { Mutable: false } let)
            {
                before[let.Var.Name] = let;
                continue;
            }

            if (statement is StoreView store && HalfOperation.Of(store, before, _uses) is { } operation)
            {
                _halves.Add(store, operation);
                _omitted.UnionWith(operation.Replaced);
            }

            before.Clear();
        }

        base.WriteAll(statements.Where(statement => statement is not Let { Var.Name: var name } || !_omitted.Contains(name)));
    }

    protected override void WriteLet(Let let) =>
        Line($"{(let.Mutable ? "" : "const ")}{TypeName(let.Var.Type)} {let.Var.Name} = {Bare(Scalar(let.Value))};");

    protected override void WriteAssign(Assign assign) => Line($"{assign.Var.Name} = {Bare(Scalar(assign.Value))};");

    protected override void WriteStoreLocal(StoreLocal store) => Line($"{store.Buffer.Name}[{Bare(Scalar(store.Index))}] = {Bare(Scalar(store.Value))};");

    protected override void WriteStoreView(StoreView store)
    {
        string offset = Offset(store.View, store.Indices, Scalar, false);
        bool isInHalves = _halves.TryGetValue(store, out HalfOperation? operation);
        string value = isInHalves ? Applied(operation!.Code, DType.F32, [Half(operation.Left), Half(operation.Right)], Functions) : Scalar(store.Value);
        string line = store.Element.Kind switch
        {
            ElementKind.F16 when isInHalves => $"kf_set_half({Bare(value)}, {offset}, {store.View});",
            ElementKind.F16 => $"vstore_half_rte({Bare(value)}, {offset}, {store.View});",
            ElementKind.BF16 => $"{store.View}[{offset}] = kf_bf16({Bare(value)});",
            ElementKind.I8 => $"{store.View}[{offset}] = convert_char_sat({Bare(value)});",
            ElementKind.U8 => $"{store.View}[{offset}] = convert_uchar_sat({Bare(value)});",
            _ => $"{store.View}[{offset}] = {Bare(value)};",
        };
        Line(store.Guard is { } guard ? $"if ({Bare(Scalar(guard))}) {line}" : line);
    }

    protected override void WriteShuffle(Shuffle shuffle) =>
        Line($"const {TypeName(shuffle.Var.Type)} {shuffle.Var.Name} = sub_group_shuffle_xor({Bare(Scalar(shuffle.Value))}, {Int(shuffle.Mask)}u);");

    protected override void WriteBarrier() => Line("kf_barrier();");

    // ---- expressions

    protected override string TypeName(DType type) => type switch
    {
        DType.F32 => "float",
        DType.U32 => "uint",
        DType.Bool => "bool",
        _ => "int",
    };

    private static string StorageType(Element element) => element.Kind switch
    {
        ElementKind.F32 => "float",
        ElementKind.F16 => "half",
        ElementKind.BF16 => "ushort",
        ElementKind.I32 => "int",
        ElementKind.I8 => "char",
        _ => "uchar",
    };

    protected override string Scalar(Expr expression) => expression switch
    {
        Var variable => variable.Name,
        Literal literal => LiteralText(literal.Value),
        Argument { Type: DType.Bool } flag => $"({flag.Name} != 0)",
        Argument argument => argument.Name,
        ExtentOf extent => $"{extent.View}_e{Int(extent.Axis)}",
        ProgramIndex axis => $"(int)get_group_id({Int(axis.Axis)})",
        ThreadIndex => "kf_item",
        GroupSize => GroupName,
        LoadLocal load => $"{load.Buffer.Name}[{Bare(Scalar(load.Index))}]",
        LoadView load => Load(load),
        Apply apply => Op(apply),
        DotFour dot => $"kf_dot4({Bare(Scalar(dot.Codes))}, {Bare(Scalar(dot.Other))}, {Bare(Scalar(dot.Accumulator))})",
        PermuteBytes { Selector: Literal { Value.I32: var selector } } permute when (selector & 0x8888) == 0 =>
            $"as_int(shuffle2(as_uchar4({Bare(Scalar(permute.Low))}), as_uchar4({Bare(Scalar(permute.High))}), (uchar4)({string.Join(", ", Enumerable.Range(0, 4).Select(i => Int((selector >> (4 * i)) & 7)))})))",
        PermuteBytes permute => $"kf_permute({Bare(Scalar(permute.Low))}, {Bare(Scalar(permute.High))}, {Bare(Scalar(permute.Selector))})",
        _ => throw new NotSupportedException($"{expression.GetType().Name} is not an expression of the thread form"),
    };

    private string Half(LoadView load) => $"kf_half({Offset(load.View, load.Indices, Scalar, false)}, {load.View})";

    private string Load(LoadView load)
    {
        string offset = Offset(load.View, load.Indices, Scalar, load.ByteOffset);
        string text = load.ByteOffset
            ? load.Raw switch
            {
                RawType.U8 => $"(int){load.View}[{offset}]",
                RawType.I8 => $"(int)(char){load.View}[{offset}]",
                RawType.U16 => $"(int)as_ushort(vload2(0, {load.View} + {offset}))",
                RawType.I16 => $"(int)as_short(vload2(0, {load.View} + {offset}))",
                RawType.I32 when load.Alignment > 0 => $"*(const __global int*)({load.View} + {offset})",
                RawType.I32 => $"as_int(vload4(0, {load.View} + {offset}))",
                RawType.F16 => $"vload_half(0, (const __global half*)({load.View} + {offset}))",
                RawType.BF16 => $"as_float((uint)as_ushort(vload2(0, {load.View} + {offset})) << 16)",
                _ => $"as_float(vload4(0, {load.View} + {offset}))",
            }
            : load.Raw switch
            {
                RawType.F16 => $"vload_half({offset}, {load.View})",
                RawType.BF16 => $"as_float((uint){load.View}[{offset}] << 16)",
                RawType.F32 or RawType.I32 => $"{load.View}[{offset}]",
                _ => $"({TypeName(load.Type)}){load.View}[{offset}]",
            };
        if (load.Type == DType.F32 && load.Raw == RawType.I32)
            text = $"(float){text}";
        return load.Guard is { } guard ? $"({Scalar(guard)} ? {text} : {Scalar(load.Other!)})" : text;
    }

    private string Op(Apply apply)
    {
        string[] operands = apply.Operands.AsEnumerable().Select(Scalar).ToArray();
        DType from = apply.Operands[0].Type;
        switch (apply.Code)
        {
            case OpCode.Convert:
                return Conversion(from, apply.Type, operands[0]);
            case OpCode.Bitcast:
                return $"as_{TypeName(apply.Type)}({operands[0]})";
            case OpCode.Lookup:
                var table = (LookupTable)apply.Attribute!;
                string half = table.Low == table.High ? Word(table.Low) : $"(({operands[0]} & 8) == 0 ? {Word(table.Low)} : {Word(table.High)})";
                return $"(int)as_char((uchar)({half} >> (({operands[0]} & 7) << 3)))";
            case OpCode.Not when from == DType.Bool:
                return $"(!{operands[0]})";
        }

        return Applied(apply.Code, from, operands, Functions);
    }

    private static string Word(long bits) => $"0x{bits.ToString("X16", CultureInfo.InvariantCulture)}UL";

    private static string Conversion(DType from, DType to, string value) => (from, to) switch
    {
        _ when from == to => value,
        (DType.Bool, _) => $"({value} ? {(to == DType.F32 ? "1.0f : 0.0f" : "1 : 0")})",
        (_, DType.Bool) => $"({value} != 0)",
        (_, DType.F32) => $"(float){value}",
        (DType.F32, DType.U32) => $"convert_uint_sat_rtz({value})",
        (DType.F32, DType.I8) => $"(int)convert_char_sat_rtz({value})",
        (DType.F32, _) => $"convert_int_sat_rtz({value})",
        (DType.I8, DType.I32) => value,
        (_, DType.I8) => $"clamp({value}, -128, 127)",
        (_, DType.U32) => $"(uint){value}",
        _ => $"(int){value}",
    };

    private static string LiteralText(Number value) => value.Type switch
    {
        DType.F32 when float.IsNaN(value.F32) => "NAN",
        DType.F32 when float.IsPositiveInfinity(value.F32) => "INFINITY",
        DType.F32 when float.IsNegativeInfinity(value.F32) => "(-INFINITY)",
        DType.F32 => value.F32 < 0 || Number.Of(value.F32).Bits < 0 ? $"({Decimal(value.F32)})" : Decimal(value.F32),
        DType.U32 => value.U32.ToString(CultureInfo.InvariantCulture) + "u",
        DType.Bool => value.Bool ? "true" : "false",
        _ => value.I32 < 0 ? $"({Int(value.I32)})" : Int(value.I32),
    };
}
