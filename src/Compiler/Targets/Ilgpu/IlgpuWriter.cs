using System.Globalization;
using System.Text.RegularExpressions;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <summary>
/// The thread form as group code. What work-items do each by themselves between two barriers becomes a loop over the items, which runs once on a
/// device; what all do alike stands outside. So the same method is a work-item of ILGPU's and a work-group of the emulator's.
/// </summary>
internal sealed class IlgpuWriter(Program program) : IlgpuScalars(program)
{
    private readonly Uniformity _uniform = new(program);
    private readonly Dictionary<string, Let> _definitions = [];
    private readonly List<Stmt> _pending = [];
    private bool _isItem;

    /// <summary>The whole struct.</summary>
    public string Struct(string name, string plan)
    {
        Line($"public readonly unsafe struct {name} : IGroupKernel");
        Line("{");
        Raw(new IlgpuWriter(Program).Method());
        Line();
        Raw($"    public static void Plan(long* args, LaunchShape* shape)\n    {{\n{plan.TrimEnd('\n')}\n    }}\n");
        Line("}");
        return ToString();
    }

    /// <summary>The method Run.</summary>
    public string Method()
    {
        IndentBy(2);
        string body = Captured(() => WriteAll(Program.Body));
        IndentBy(-1);
        Line($"public static void Run<{Group}, {View}, {Local}>(GroupViews<{View}> views, GroupSlots slots)");
        Line($"    where {Group} : struct, IGroup<{View}, {Local}> where {View} : struct where {Local} : struct");
        Line("{");
        IndentBy(1);
        WriteFrame(body);
        Raw(body);
        IndentBy(-1);
        Line("}");
        IndentBy(-1);
        return ToString();
    }

    private void WriteFrame(string body)
    {
        bool Used(string name) => Regex.IsMatch(body, $@"\b{name}\b");
        string sizes = string.Join(" ", Program.Buffers.Select(b => Scalar(b.Size)));
        int view = 0;
        foreach ((Parameter parameter, string name, char kind, int slot) in Slots())
        {
            if (kind == 'p')
            {
                if (Used(name))
                    Line($"{View} {name} = views.V{Int(view)};");
                view++;
                continue;
            }

            string bytes = Regex.Replace(name, @"_s(\d)$", "_b$1"), read = $"slots.S{Int(slot)}";
            if (kind == 's' && Used(bytes))
                Line($"long {bytes} = {read} / {Int(parameter.Element.BlockSize)} * {Int(parameter.Element.BlockBytes)};");
            if (Used(name) || Regex.IsMatch(sizes, $@"\b{name}\b"))
            {
                Line(kind switch
                {
                    'e' => $"int {name} = (int){read};",
                    's' => $"long {name} = {read};",
                    _ => $"{TypeName(parameter.DType)} {name} = {FromSlot(parameter.DType, read)};",
                });
            }
        }

        for (int axis = 0; axis < 3; axis++)
        {
            if (Used($"p{Int(axis)}"))
                Line($"int p{Int(axis)} = {Group}.Program({Int(axis)});");
        }

        WriteBuffers();
    }

    // One allocation; each buffer begins at a word of it, a constant or what follows the one before.
    private void WriteBuffers()
    {
        if (Program.Buffers.Count == 0)
            return;
        int words = 0;
        string? before = null, size = null;
        var offsets = new List<string>();
        foreach (LocalBuffer buffer in Program.Buffers)
        {
            offsets.Add($"int {buffer.Name} = {(before is null ? Int(words) : $"{before} + {size}")};");
            bool isConstant = buffer.Size is Literal;
            string bytes = PlanWriter.Size(buffer, Scalar);
            size = isConstant ? Int(int.Parse(bytes, CultureInfo.InvariantCulture) / 4) : $"(int)({bytes} / 4)";
            if (before is null && isConstant)
                words += int.Parse(size, CultureInfo.InvariantCulture);
            else
                before = buffer.Name;
        }

        Line($"{Local} scratch = {(IlgpuTarget.HasConstantMemory(Program) ? $"{Group}.Local({Int(words)})" : $"{Group}.LocalOfLaunch()")};");
        foreach (string line in offsets)
            Line(line);
    }

    private static string FromSlot(DType type, string slot) => type switch
    {
        DType.F32 => $"{Group}.FromBits((int){slot})",
        DType.U32 => $"(uint){slot}",
        DType.Bool => $"{slot} != 0",
        _ => $"(int){slot}",
    };

    // ---- what a group does, and what its items do

    /// <summary>
    /// The statements of a group: what differs from item to item is gathered until something all do alike comes. A constant that all know is written
    /// before what is gathered, which cannot change it: between barriers, no item writes what another reads.
    /// </summary>
    protected override void WriteAll(IEnumerable<Stmt> statements)
    {
        if (_isItem)
        {
            base.WriteAll(statements);
            return;
        }

        foreach (Stmt statement in statements)
        {
            switch (statement)
            {
                case Let let when _uniform.IsUniform(let.Var):
                    base.WriteAll([let]);
                    break;
                case Assign { Var: var variable } when _uniform.IsUniform(variable):
                case Lowering.Barrier:
                case For or While or If when IsOfGroup(statement):
                    Flush();
                    base.WriteAll([statement]);
                    break;
                default:
                    if (statement is Let { Mutable: false } constant)
                        _definitions[constant.Var.Name] = constant;
                    _pending.Add(statement);
                    break;
            }
        }

        Flush();
    }

    // A barrier needs all items, and so does a change of what all know.
    private bool IsOfGroup(Stmt statement)
    {
        Stmt[] inside = [.. CodeWalk.All([statement])];
        var declared = new HashSet<string>(inside.OfType<Let>().Select(l => l.Var.Name));
        return inside.Any(s => s is Lowering.Barrier || (s is Assign { Var: var variable } && _uniform.IsUniform(variable) && !declared.Contains(variable.Name)));
    }

    private void Flush()
    {
        if (_pending.Count == 0)
            return;
        Stmt[] statements = [.. _pending];
        _pending.Clear();
        string group = Int(Program.WorkGroup);
        Open($"for (int item = {Group}.First({group}); item >= 0; item = {Group}.Next(item, {group}))");
        _isItem = true;
        base.WriteAll(Missing(statements));
        base.WriteAll(statements);
        _isItem = false;
        Close();
    }

    // What items computed before the last barrier they compute again: it is made from their index and from what all know.
    private List<Let> Missing(Stmt[] statements)
    {
        var all = CodeWalk.All(statements).ToList();
        var known = new HashSet<string>([.. all.OfType<Let>().Select(l => l.Var.Name), .. all.OfType<For>().Select(f => f.Index.Name)]);
        var missing = new List<Let>();
        foreach (Var used in all.SelectMany(CodeWalk.Expressions).OfType<Var>())
            Require(used);
        foreach (Assign assign in all.OfType<Assign>())
            Require(assign.Var);
        return missing;

        void Require(Var variable)
        {
            if (_uniform.IsUniform(variable) || !known.Add(variable.Name))
                return;
            if (!_definitions.TryGetValue(variable.Name, out Let? definition) || CodeWalk.All(definition.Value).Any(e => e is LoadLocal or LoadView))
                throw new IrException($"work-items keep '{variable.Name}' over a barrier, which group code cannot", Program.Kernel.Location);
            foreach (Var part in CodeWalk.All(definition.Value).OfType<Var>())
                Require(part);
            missing.Add(definition);
        }
    }

    protected override void WriteBarrier() => Line($"{Group}.Barrier();");

    // ---- memory

    protected override string Scalar(Expr expression) => expression switch
    {
        Argument argument => argument.Name,
        ExtentOf extent => $"{extent.View}_e{Int(extent.Axis)}",
        ProgramIndex axis => $"p{Int(axis.Axis)}",
        ThreadIndex => Program.WorkGroup == 1 ? "0" : "item",
        LoadLocal load => Load(load),
        LoadView load => Load(load),
        _ => base.Scalar(expression),
    };

    private string Load(LoadLocal load)
    {
        string at = $"(scratch, {load.Buffer.Name} + {Scalar(load.Index)})";
        return load.Type switch
        {
            DType.F32 => $"{Group}.GetFloat{at}",
            DType.U32 => $"(uint){Group}.GetInt{at}",
            DType.Bool => $"({Group}.GetInt{at} != 0)",
            _ => $"{Group}.GetInt{at}",
        };
    }

    protected override void WriteStoreLocal(StoreLocal store)
    {
        string at = $"(scratch, {store.Buffer.Name} + {Scalar(store.Index)}, ", value = Bare(Scalar(store.Value));
        Line(store.Value.Type switch
        {
            DType.F32 => $"{Group}.PutFloat{at}{value});",
            DType.U32 => $"{Group}.PutInt{at}(int)({value}));",
            DType.Bool => $"{Group}.PutInt{at}{value} ? 1 : 0);",
            _ => $"{Group}.PutInt{at}{value});",
        });
    }

    private string Load(LoadView load)
    {
        string offset = Offset(load.View, load.Indices, Scalar, load.ByteOffset);
        string text = load.ByteOffset ? Bytes(load.View, offset, load.Raw) : Element($"({load.View}, {offset})", load.Raw);
        text = (load.Type, load.Raw) switch
        {
            (DType.F32, RawType.F32 or RawType.F16 or RawType.BF16) => text,
            (DType.F32, _) => $"(float){text}",
            (DType.U32, _) => $"(uint){text}",
            _ => text,
        };
        return load.Guard is { } guard ? $"({Scalar(guard)} ? {text} : {Scalar(load.Other!)})" : text;
    }

    private static string Element(string at, RawType raw) => raw switch
    {
        RawType.F32 => $"{Group}.LoadFloat{at}",
        RawType.F16 => $"GroupMath.FromHalf<{Group}>({Group}.LoadShort{at})",
        RawType.BF16 => $"GroupMath.FromBFloat16<{Group}>({Group}.LoadShort{at})",
        RawType.I32 => $"{Group}.LoadInt{at}",
        RawType.U16 => $"{Group}.LoadShort{at}",
        RawType.I16 => $"(int)(short){Group}.LoadShort{at}",
        RawType.I8 => $"(int)(sbyte){Group}.LoadByte{at}",
        _ => $"{Group}.LoadByte{at}",
    };

    // Quantized data lies at any byte.
    private static string Bytes(string view, string offset, RawType raw)
    {
        string pair = $"GroupBytes.Pair<{Group}, {View}, {Local}>({view}, {offset})", four = $"GroupBytes.Four<{Group}, {View}, {Local}>({view}, {offset})";
        return raw switch
        {
            RawType.U8 => $"{Group}.LoadByte({view}, {offset})",
            RawType.I8 => $"(int)(sbyte){Group}.LoadByte({view}, {offset})",
            RawType.U16 => pair,
            RawType.I16 => $"(int)(short){pair}",
            RawType.I32 => four,
            RawType.F16 => $"GroupMath.FromHalf<{Group}>({pair})",
            RawType.BF16 => $"GroupMath.FromBFloat16<{Group}>({pair})",
            _ => $"{Group}.FromBits({four})",
        };
    }

    protected override void WriteStoreView(StoreView store)
    {
        string at = $"({store.View}, {Offset(store.View, store.Indices, Scalar, false)}, ", value = Bare(Scalar(store.Value));
        string line = store.Element.Kind switch
        {
            ElementKind.F32 => $"{Group}.StoreFloat{at}{value});",
            ElementKind.F16 => $"{Group}.StoreShort{at}GroupMath.ToHalf<{Group}>({value}));",
            ElementKind.BF16 => $"{Group}.StoreShort{at}GroupMath.ToBFloat16<{Group}>({value}));",
            ElementKind.I8 => $"{Group}.StoreByte{at}GroupMath.Clamp({value}, -128, 127));",
            ElementKind.U8 => $"{Group}.StoreByte{at}GroupMath.Clamp({value}, 0, 255));",
            _ => $"{Group}.StoreInt{at}{(store.Value.Type == DType.U32 ? $"(int)({value})" : value)});",
        };
        Line(store.Guard is { } guard ? $"if ({Bare(Scalar(guard))}) {line}" : line);
    }
}
