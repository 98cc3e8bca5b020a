using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>
/// A loop over blocks of an axis, whose body only adds the product of two blocks to sums, becomes one product over all of the axis. Code that takes both operands from views in stages
/// needs no blocks: it runs through the axis at once, with nothing to begin anew and sums that need no place between blocks.
/// </summary>
public sealed class WholeProducts
{
    private readonly Dictionary<Value, Value> _values = [];

    private WholeProducts()
    {
    }

    /// <summary>The kernel with every such loop replaced whose product the caller takes; the kernel itself where there is none.</summary>
    public static Kernel In(Kernel kernel, Func<Op, bool> takes)
    {
        if (!kernel.Body.AllOps.Any(op => Of(op) is { } blocks && takes(blocks.Product)))
            return kernel;
        var pass = new WholeProducts();
        var body = new Block();
        pass.Copy(kernel.Body, body, takes);
        DeadCode.Remove(body);
        return kernel.With(body: body);
    }

    /// <summary>A loop over blocks: its product, the number of elements in a block, and of all.</summary>
    private sealed record Blocks(Op Product, Value Count, Value Extent);

    // for k0 from 0 to a view's extent by a constant, with k = range(k0, max(min(constant, extent - k0), 0)), nothing but reads along k, and sums = dot(a, b, sums).
    private static Blocks? Of(Op loop)
    {
        if (loop is not { Code: OpCode.For, Operands.Length: 4, Regions.Length: 1 } || !IsConstant(loop.Operands[0], 0)
            || loop.Operands[1].Definition is not { Code: OpCode.ViewExtent } || loop.Operands[2].Definition is not { Code: OpCode.Const })
            return null;
        Block body = loop.Regions[0];
        if (body.Arguments.Count != 2)
            return null;
        Value index = body.Arguments[0], sums = body.Arguments[1], extent = loop.Operands[1], size = loop.Operands[2];
        if (body.Terminator.Operands[0].Definition is not { Code: OpCode.Dot, Operands.Length: 3 } product || !ReferenceEquals(product.Operands[2], sums) || !body.Ops.Contains(product))
            return null;
        Op[] ranges = [.. body.Ops.Where(op => op.Code == OpCode.Range && ReferenceEquals(op.Operands[0], index))];
        if (ranges.Length == 0 || !ranges.All(range => ReferenceEquals(range.Operands[1], ranges[0].Operands[1])) || !IsCount(ranges[0].Operands[1], index, extent, size))
            return null;
        bool isRead = body.Ops.Take(body.Ops.Count - 1).All(op => op == product || op.Code switch
        {
            OpCode.Range or OpCode.Expand or OpCode.Transpose => !op.Operands.Contains(sums),
            OpCode.Load => !op.Operands.Contains(sums) && !op.Operands.Contains(index),
            OpCode.Sub => ReferenceEquals(op.Operands[1], index),
            OpCode.Min or OpCode.Max => op.Result.Type.IsScalar && !op.Operands.Contains(index),
            _ => false,
        });
        return isRead && !product.Operands.Take(2).Contains(sums) ? new Blocks(product, ranges[0].Operands[1], extent) : null;
    }

    private static bool IsCount(Value count, Value index, Value extent, Value size) =>
        count.Definition is { Code: OpCode.Max } most && IsConstant(most.Operands[1], 0)
        && most.Operands[0].Definition is { Code: OpCode.Min } least && ReferenceEquals(least.Operands[0], size)
        && least.Operands[1].Definition is { Code: OpCode.Sub } rest && ReferenceEquals(rest.Operands[0], extent) && ReferenceEquals(rest.Operands[1], index);

    private static bool IsConstant(Value value, int number) =>
        value.Definition is { Code: OpCode.Const } op && op.Attribute is Number { Type: DType.I32 } constant && constant.I32 == number;

    private static bool IsZeros(Value tile) =>
        tile.Definition is { Code: OpCode.Splat } splat && splat.Operands[0].Definition is { Code: OpCode.Const } zero && zero.Attr<Number>().Bits == 0;

    private void Copy(Block source, Block target, Func<Op, bool> takes)
    {
        foreach (Op op in source.Ops)
        {
            if (Of(op) is { } blocks && takes(blocks.Product))
                Whole(op, blocks, target);
            else
                target.Ops.Add(Copied(op, takes));
        }
    }

    private void Whole(Op loop, Blocks blocks, Block target)
    {
        Block body = loop.Regions[0];
        _values[body.Arguments[0]] = At(loop.Operands[0]);
        _values[body.Arguments[1]] = At(loop.Operands[3]);
        _values[blocks.Count] = At(blocks.Extent);
        foreach (Op op in body.Ops.Take(body.Ops.Count - 1).Where(op => !op.Results.Contains(blocks.Count)))
            target.Ops.Add(Copied(op, _ => false, op == blocks.Product && IsZeros(loop.Operands[3]) ? 2 : op.Operands.Length));
        _values[loop.Result] = At(blocks.Product.Result);
        At(loop.Result).Name ??= loop.Result.Name;
    }

    private Op Copied(Op op, Func<Op, bool> takes, int? operands = null)
    {
        var copy = new Op(op.Code, [.. op.Operands.Take(operands ?? op.Operands.Length).Select(At)], op.Attribute, op.Location);
        copy.Regions = [.. op.Regions.Select(region =>
        {
            var block = new Block();
            block.Arguments.AddRange(region.Arguments.Select(argument => New(argument, null)));
            Copy(region, block, takes);
            return block;
        })];
        copy.Results = [.. op.Results.Select(result => New(result, copy))];
        return copy;
    }

    private Value New(Value value, Op? definition)
    {
        var type = new Ir.ValueType(value.Type.DType, [.. value.Type.Shape.Select(extent => extent.Dynamic is { } count ? new Extent(0, At(count)) : extent)]);
        return _values[value] = new Value(type, value.Name) { Definition = definition };
    }

    private Value At(Value value) => _values[value];
}
