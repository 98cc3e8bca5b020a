using System.Globalization;
using System.Text.RegularExpressions;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <summary>
/// The thread form as group code. What work-items do each by themselves between two barriers becomes a loop over the items, which runs once on a
/// device; what all do alike stands outside. So the same method is a work-item of ILGPU's and a work-group of the emulator's.
/// </summary>
internal sealed partial class IlgpuWriter(Program program) : IlgpuScalars(program)
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
            string bytes = PlanWriter.Size(buffer.Size, Scalar);
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
                case Shuffle:
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
        return inside.Any(s => s is Lowering.Barrier or Shuffle || (s is Assign { Var: var variable } && _uniform.IsUniform(variable) && !declared.Contains(variable.Name)));
    }

    private void Flush()
    {
        if (_pending.Count == 0)
            return;
        Stmt[] statements = [.. _pending];
        _pending.Clear();
        List<Let> missing = Missing(statements);
        Var[] declared = DeclaredLanes(statements), kept = TouchedLanes(statements);
        foreach (Var lane in declared)
            DeclareLane(lane);
        OpenItems();
        base.WriteAll(missing);
        foreach (Var lane in kept.Except(declared))
            Line($"{TypeName(lane.Type)} {lane.Name} = {Kept(lane)};");
        base.WriteAll(statements);
        foreach (Var lane in kept.Where(lane => declared.Contains(lane) || IsAssigned(lane, statements)))
            Keep(lane, lane.Name);
        CloseItems();
    }

    private void OpenItems()
    {
        string group = Int(Program.WorkGroup);
        Open($"for (int item = {Group}.First({group}); item >= 0; item = {Group}.Next(item, {group}))");
        _isItem = true;
    }

    private void CloseItems()
    {
        _isItem = false;
        Close();
    }

    // What items computed before the last barrier they compute again: it is made from their index and from what all know.
    private List<Let> Missing(Stmt[] statements)
    {
        var all = CodeWalk.All(statements).ToList();
        var known = new HashSet<string>([.. all.OfType<Let>().Select(l => l.Var.Name), .. all.OfType<For>().Select(f => f.Index.Name), .. _lanes.Keys.Select(lane => lane.Name)]);
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
}
