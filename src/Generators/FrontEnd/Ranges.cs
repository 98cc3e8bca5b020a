using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>What is known of the integers that make ranges: which are the same for a whole launch, which have a bound, which may run
/// over.</summary>
internal sealed class Ranges
{
    private readonly Dictionary<Value, Loop> _loops = [];
    private readonly Dictionary<int, Value> _grid = [];
    private readonly Dictionary<Value, Open> _open = [];

    public void AddLoop(Value index, Value start, Value end, Value step, CountedLoop loop) =>
        _loops[index] = new Loop(start, end, step, loop);

    /// <summary>Records a grid axis; the count it had before, if that is another one.</summary>
    public Value? AddGrid(int axis, Value count)
    {
        if (_grid.TryGetValue(axis, out Value? known))
            return ReferenceEquals(known, count) ? null : known;
        _grid.Add(axis, count);
        return null;
    }

    /// <summary>Records a range written without an end.</summary>
    public void AddRange(Value range, Value start, Value extent, IOperation at)
    {
        if (BlockStart(start, extent) is { } end && !_open.ContainsKey(range))
            _open.Add(range, new Open((IInvocationOperation)at, end));
    }

    /// <summary>Computed from parameters, extents and constants alone, so that the host can compute it too.</summary>
    public bool IsLaunchUniform(Value value) => value.Definition is { } op
        && op.Code is not (
            OpCode.ProgramId or OpCode.Load or OpCode.RawLoad or OpCode.Call or OpCode.Reduce or OpCode.For or OpCode.While or OpCode.If)
        && value.Type.IsScalar && op.Operands.All(IsLaunchUniform);

    /// <summary>Whether an upper bound can be computed at launch.</summary>
    public bool IsBounded(Value value)
    {
        if (IsLaunchUniform(value))
            return true;
        return value.Definition is { } op && op.Code switch
        {
            OpCode.ProgramId => true,
            OpCode.Min => op.Operands.Any(IsBounded),
            OpCode.Add or OpCode.Mul or OpCode.Max => op.Operands.All(IsBounded),
            OpCode.Sub => IsBounded(op.Operands[0]) && NeverNegative(op.Operands[1]),
            OpCode.Div => IsBounded(op.Operands[0]) && IsLaunchUniform(op.Operands[1]),
            OpCode.Select => IsBounded(op.Operands[1]) && IsBounded(op.Operands[2]),
            _ => false,
        };
    }

    /// <summary>The mistake of indexing a view with a range that may pass its end, or null.</summary>
    public Mistake? MissingEnd(Value index, string view)
    {
        if (!_open.TryGetValue(index, out Open? open))
            return index.Definition is { Code: OpCode.Expand } expand ? MissingEnd(expand.Operands[0], view) : null;
        string block = open.Range.Arguments.OrderBy(a => a.Parameter!.Ordinal).Last().Value.Syntax.ToString();
        string? end = open.End.Length > 0 ? open.End : null;
        return Mistakes.WithProperty(Rules.MissingEnd, open.Range.Syntax.GetLocation(), "End", end, view, block, end ?? "end");
    }

    private static int? Literal(Value value) => value.Definition is { Code: OpCode.Const } op ? op.Attr<Number>().Bits : null;

    // The end a range that starts at a multiple of its extent should have: "" where the source does not say it, null where none is missing.
    private string? BlockStart(Value start, Value extent)
    {
        if (_loops.TryGetValue(start, out Loop? loop) && ReferenceEquals(loop.Step, extent))
        {
            bool isWhole = Literal(loop.Start) is { } first && Literal(loop.End) is { } end && Literal(extent) is > 0 and var step
                && (end - first) % step == 0;
            return isWhole ? null : loop.Syntax.IncludesEnd ? "" : loop.Syntax.End.Syntax.ToString();
        }

        if (start.Definition is not { Code: OpCode.Mul } product || !product.Operands.Any(o => ReferenceEquals(o, extent))
            || product.Operands.FirstOrDefault(o => o.Definition?.Code == OpCode.ProgramId) is not { } id)
            return null;
        return CeilDivTotal(id.Definition!.Operands[0], extent);
    }

    // CeilDiv(total, block) is (total + block - 1) / block.
    private static string CeilDivTotal(Value count, Value block)
    {
        if (count.Definition is { Code: OpCode.Div } division && ReferenceEquals(division.Operands[1], block)
            && division.Operands[0].Definition is { Code: OpCode.Sub } less && less.Operands[0].Definition is { Code: OpCode.Add } sum
            && ReferenceEquals(sum.Operands[1], block))
            return Shapes.Describe(new Extent(0, sum.Operands[0]));
        return "";
    }

    private bool NeverNegative(Value value) => _loops.TryGetValue(value, out Loop? loop)
        ? NeverNegative(loop.Start)
        : value.Definition switch
        {
            { Code: OpCode.ViewExtent or OpCode.ProgramId } => true,
            { Code: OpCode.Const } op => op.Attr<Number>().Bits >= 0,
            { Code: OpCode.Max } op => op.Operands.Any(NeverNegative),
            { Code: OpCode.Min or OpCode.Add or OpCode.Mul or OpCode.Div } op => op.Operands.All(NeverNegative),
            _ => false,
        };

    private sealed record Loop(Value Start, Value End, Value Step, CountedLoop Syntax);

    private sealed record Open(IInvocationOperation Range, string End);
}
