using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>
/// The C# body of a Plan method: grid, work-group and scratch bytes of a launch from its argument slots. The same for every target, since the
/// host is always C#.
/// </summary>
internal sealed class PlanWriter(Program program) : CSharpScalars(program, CSharpDialect.Cpu)
{
    public const int Alignment = 64;

    /// <summary>Statements over <c>long* args, LaunchShape* shape</c>.</summary>
    public static string Body(Program program, string indent, string scratchField)
    {
        var writer = new PlanWriter(program);
        writer.WriteBody(scratchField);
        return string.Concat(writer.ToString().TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? "\n" : indent + l + "\n"));
    }

    private void WriteBody(string scratchField)
    {
        WriteScalars(_ => true);
        for (int axis = 0; axis < 3; axis++)
            Line($"shape->Grid{Int(axis)} = {Bare(Scalar(Program.Grid[axis]))};");
        Line($"shape->WorkGroup = {Int(Program.WorkGroup)};");
        IEnumerable<string> bytes = Program.Memory.Select(b => Size(b.Size, Scalar));
        Line($"shape->{scratchField} = {(Program.Buffers.Count == 0 ? "0" : string.Join(" + ", bytes))};");
    }

    /// <summary>Bytes of so many elements of a buffer, rounded up so that the next one is aligned.</summary>
    public static string Size(Expr elements, Func<Expr, string> render)
    {
        if (elements is Literal literal)
            return Int(((4 * literal.Value.I32) + Alignment - 1) / Alignment * Alignment);
        return $"(((4L * {render(elements)}) + {Int(Alignment - 1)}) & -{Int(Alignment)})";
    }

    protected override void WriteLet(Let let) => throw new NotSupportedException("a plan has no statements");

    protected override void WriteAssign(Assign assign) => throw new NotSupportedException("a plan has no statements");

    protected override void WriteStoreView(StoreView store) => throw new NotSupportedException("a plan has no statements");

    protected override void WriteStoreLocal(StoreLocal store) => throw new NotSupportedException("a plan has no statements");

    protected override void WriteBarrier() => throw new NotSupportedException("a plan has no statements");
}
