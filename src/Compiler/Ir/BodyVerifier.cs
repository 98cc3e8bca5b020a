using static KernelFoundry.Compiler.Ir.IrVerifier;

namespace KernelFoundry.Compiler.Ir;

/// <summary>Walks a body: scopes, regions, terminators, and each op's own rules.</summary>
internal sealed class BodyVerifier(IrContext context)
{
    private static readonly ValueType Index = ValueType.Scalar(DType.I32), Flag = ValueType.Scalar(DType.Bool);

    private readonly OpRules _rules = new(context);
    private readonly HashSet<Value> _inScope = [];
    private readonly HashSet<Value> _defined = [];
    private readonly HashSet<int> _axes = [];

    public void Verify(Block kernelBody)
    {
        Require(kernelBody.Arguments.Count == 0, "a kernel's body takes no arguments", default);
        Walk(kernelBody, null);
    }

    public void Verify(Function function)
    {
        // Only callers know the extents of a function's arguments.
        foreach (Extent extent in function.Body.Arguments.SelectMany(a => a.Type.Shape))
        {
            if (extent.Dynamic is { Definition: null } free && free.Type.SameAs(Index))
                _inScope.Add(free);
        }

        Require(function.Body.Ops.Count > 0, $"{function.Name} does not return", default);
        Walk(function.Body, OpCode.Return);
        Require(
            !context.IsFunctor || function.Body.Terminator.Operands.Length == 1,
            $"{function.Name} returns one value",
            function.Body.Terminator.Location);
    }

    private void Walk(Block block, OpCode? terminator)
    {
        var scope = new List<Value>();
        foreach (Value argument in block.Arguments)
        {
            Require(argument.Definition is null, $"{argument} is an argument and the result of an op", default);
            Define(argument, scope, default);
        }

        for (int i = 0; i < block.Ops.Count; i++)
        {
            Op op = block.Ops[i];
            bool isLast = i == block.Ops.Count - 1;
            bool ends = op.Code is OpCode.Yield or OpCode.Condition or OpCode.Return;
            Require(
                !isLast || terminator is null || op.Code == terminator,
                $"a region here ends in {terminator}, not {op.Code}",
                op.Location);
            Require(
                !ends || (isLast && op.Code == (terminator ?? OpCode.Return)),
                $"{op.Code} stands where no region ends in it",
                op.Location);
            Operation(op, scope);
        }

        Require(terminator is null || block.Ops.Count > 0, $"a region is empty that ends in {terminator}", default);
        if (terminator is null && block.Ops.Count > 0 && block.Terminator.Code == OpCode.Return)
            Require(block.Terminator.Operands.Length == 0, "a kernel returns nothing", block.Terminator.Location);
        foreach (Value value in scope)
            _inScope.Remove(value);
    }

    private void Operation(Op op, List<Value> scope)
    {
        foreach (Value operand in op.Operands)
            Require(_inScope.Contains(operand), $"{op.Code} uses {operand}, which is not defined before it", op.Location);
        if (op.Code == OpCode.ProgramId)
        {
            Require(context.IsKernel, $"{op.Code} stands outside a kernel", op.Location);
            Require(op.Attribute is int axis && axis is >= 0 and <= 2, $"a program axis is 0, 1 or 2, not {op.Attribute}", op.Location);
            Require(_axes.Add(op.Attr<int>()), $"program axis {op.Attribute} is used twice", op.Location);
        }

        Require(
            !context.IsFormat || op.Info.Class != OpClass.Control || op.Code == OpCode.Return,
            $"{op.Code} stands in a format",
            op.Location);
        if (op.Info.Class == OpClass.Control)
            Control(op);
        else
            _rules.Check(op);
        foreach (Value result in op.Results)
        {
            Require(ReferenceEquals(result.Definition, op), $"the definition of a result of {op.Code} is another op", op.Location);
            Define(result, scope, op.Location);
        }
    }

    private void Define(Value value, List<Value> scope, SourceLocation at)
    {
        Require(value.Type.Rank <= 2, $"a tile has one or two axes, not {value.Type.Rank}", at);
        foreach (Extent extent in value.Type.Shape)
        {
            Require(extent.Dynamic is not null || extent.Constant >= 0, $"a tile extent is {extent.Constant}", at);
            if (extent.Dynamic is not { } dynamic)
                continue;
            Require(dynamic.Type.SameAs(Index), $"a tile extent is {dynamic.Type}, not a scalar i32", at);
            Require(_inScope.Contains(dynamic), $"the extent {dynamic} of {value.Type} is not defined before it", at);
        }

        Require(_defined.Add(value), $"{value} is defined twice", at);
        _inScope.Add(value);
        scope.Add(value);
    }

    private void Control(Op op)
    {
        int regions = op.Code switch { OpCode.For => 1, OpCode.While or OpCode.If => 2, _ => 0 };
        Require(op.Regions.Length == regions, $"{op.Code} has {op.Regions.Length} regions, not {regions}", op.Location);
        switch (op.Code)
        {
            case OpCode.For:
                Require(
                    op.Operands.Length >= 3 && op.Operands.Take(3).All(o => o.Type.SameAs(Index)),
                    "For takes start, end and step as scalar i32",
                    op.Location);
                Value[] carried = op.Operands.Skip(3).ToArray();
                Region(op, 0, OpCode.Yield, [Index, .. Types(carried)], Types(carried));
                Same("For results", Types(op.Results), Types(carried), op.Location);
                break;
            case OpCode.While:
                Region(op, 0, OpCode.Condition, Types(op.Operands), [Flag]);
                Region(op, 1, OpCode.Yield, Types(op.Operands), Types(op.Operands));
                Same("While results", Types(op.Results), Types(op.Operands), op.Location);
                break;
            case OpCode.If:
                Same("If operands", Types(op.Operands), [Flag], op.Location);
                Region(op, 0, OpCode.Yield, [], Types(op.Results));
                Region(op, 1, OpCode.Yield, [], Types(op.Results));
                break;
            default:
                Require(op.Results.Length == 0, $"{op.Code} gives no result", op.Location);
                break;
        }
    }

    private void Region(Op op, int index, OpCode terminator, ValueType[] arguments, ValueType[] yields)
    {
        Block region = op.Regions[index];
        Same($"{op.Code} arguments", Types(region.Arguments), arguments, op.Location);
        Require(region.Ops.Count > 0, $"a region of {op.Code} is empty", op.Location);
        Walk(region, terminator);
        Same($"{op.Code}: {terminator}", Types(region.Terminator.Operands), yields, region.Terminator.Location);
    }

    private static ValueType[] Types(IEnumerable<Value> values) => values.Select(v => v.Type).ToArray();

    private static void Same(string what, ValueType[] actual, ValueType[] expected, SourceLocation at)
    {
        bool same = actual.Length == expected.Length && actual.Zip(expected, (a, b) => a.SameAs(b)).All(x => x);
        Require(same, $"{what} are ({string.Join<ValueType>(", ", actual)}) and should be ({string.Join<ValueType>(", ", expected)})", at);
    }
}
