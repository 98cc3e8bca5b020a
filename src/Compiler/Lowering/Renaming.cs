using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// A program under other parameter names, for rendering: a parameter may be called like a word of a target language, or like something the frame
/// of rendered text declares. Launches know parameters by position, so that only text sees the difference.
/// </summary>
internal sealed class Renaming
{
    private readonly Dictionary<string, string> _names;

    private Renaming(Dictionary<string, string> names) => _names = names;

    /// <summary>The program with names that are free in every target.</summary>
    public static Program ForText(Program program)
    {
        Kernel kernel = program.Kernel;
        Dictionary<string, string> names = ReservedNames.Parameters(kernel);
        if (names.All(n => n.Key == n.Value))
            return program;
        var renaming = new Renaming(names);
        return new Program(
            new Kernel
            {
                Name = kernel.Name,
                Location = kernel.Location,
                Parameters = [.. kernel.Parameters.Select(p => p with { Name = names[p.Name] })],
                WorkGroup = kernel.WorkGroup,
                RoundedProducts = kernel.RoundedProducts,
                ApproximatesExp = kernel.ApproximatesExp,
                Body = kernel.Body,
            },
            [.. program.Buffers.Select(renaming.Of)],
            renaming.Of(program.Body),
            [.. program.Grid.Select(renaming.Of)]);
    }

    private List<Stmt> Of(IEnumerable<Stmt> body) => [.. body.Select(Of)];

    private Stmt Of(Stmt statement) => statement switch
    {
        Let let => let with { Value = Of(let.Value) },
        Assign assign => assign with { Value = Of(assign.Value) },
        Shuffle shuffle => shuffle with { Value = Of(shuffle.Value) },
        For loop => loop with { From = Of(loop.From), To = Of(loop.To), Step = Of(loop.Step), Body = Of(loop.Body) },
        While loop => loop with { Head = Of(loop.Head), Condition = Of(loop.Condition), Body = Of(loop.Body) },
        If branch => branch with { Condition = Of(branch.Condition), Then = Of(branch.Then), Else = Of(branch.Else) },
        StoreView store => store with
        {
            View = _names[store.View],
            Indices = Of(store.Indices),
            Value = Of(store.Value),
            Count = Optional(store.Count),
            Guard = Optional(store.Guard),
        },
        StoreLocal store => store with { Buffer = Of(store.Buffer), Index = Of(store.Index), Value = Of(store.Value) },
        Contract product => product with
        {
            A = Of(product.A),
            B = Of(product.B),
            Target = Buffered(product.Target),
            M = Of(product.M),
            N = Of(product.N),
            K = Of(product.K),
        },
        CombineRows combine => combine with { Source = Of(combine.Source), Target = Of(combine.Target), Rows = Of(combine.Rows) },
        TransposeMatrix transpose => transpose with
        {
            Source = Of(transpose.Source),
            Target = Buffered(transpose.Target),
            Rows = Of(transpose.Rows),
            Columns = Of(transpose.Columns),
        },
        QuantizeRows quantize => quantize with
        {
            Source = Of(quantize.Source),
            Rows = Of(quantize.Rows),
            Length = Of(quantize.Length),
            Codes = Buffered(quantize.Codes),
            Scales = Buffered(quantize.Scales),
            Sums = Optional(quantize.Sums),
        },
        ContractBytes product => product with
        {
            A = Buffered(product.A),
            ScalesA = Buffered(product.ScalesA),
            Sums = Optional(product.Sums),
            B = Buffered(product.B),
            ScalesB = Buffered(product.ScalesB),
            Target = Buffered(product.Target),
            M = Of(product.M),
            N = Of(product.N),
            Runs = Of(product.Runs),
        },
        Prefetch ahead => ahead with { View = _names[ahead.View], Indices = Of(ahead.Indices) },
        RoundRow round => round with
        {
            Source = Of(round.Source),
            Target = Of(round.Target),
            First = Of(round.First),
            Length = Of(round.Length),
            Group = Of(round.Group),
        },
        LoadMatrices load => load with { Buffer = Of(load.Buffer), Row = Of(load.Row) },
        MultiplyMatrices product => product with { A = Of(product.A), B = Of(product.B) },
        CopyAsync copy => copy with { Target = Of(copy.Target), Index = Of(copy.Index), View = _names[copy.View], Indices = Of(copy.Indices), Count = Of(copy.Count) },
        MultiplyWarpgroup product => product with { Buffer = Of(product.Buffer), A = Of(product.A), B = Of(product.B) },
        CommitCopies or WaitCopies or OrderSums or CommitProducts or WaitProducts or PublishLocal or Barrier => statement,
        _ => throw new IrException($"no statement of this form: {statement}", statement.Location),
    };

    private Expr Of(Expr expression) => expression switch
    {
        Var or Literal or ProgramIndex or BeginsRow or ThreadIndex or GroupSize => expression,
        Argument argument => argument with { Name = _names[argument.Name] },
        ExtentOf extent => extent with { View = _names[extent.View] },
        Apply apply => apply with { Operands = Of(apply.Operands) },
        Broadcast broadcast => new Broadcast(Of(broadcast.Scalar)),
        LaneIndex lanes => new LaneIndex(Of(lanes.First)),
        ReduceLanes reduce => new ReduceLanes(reduce.Kind, Of(reduce.Vector)),
        PrefixLanes prefix => new PrefixLanes(Of(prefix.Vector)),
        LoadView load => Of(load),
        LoadLocal load => load with { Buffer = Of(load.Buffer), Index = Of(load.Index), Count = Optional(load.Count) },
        Spread spread => new Spread(Of(spread.Scalars)),
        PackedCodes packed => packed with { View = _names[packed.View], Start = Of(packed.Start) },
        DotBytes dot => dot with
        {
            View = _names[dot.View],
            Start = Of(dot.Start),
            Other = Of(dot.Other),
            Index = Of(dot.Index),
            Accumulator = Optional(dot.Accumulator),
        },
        MultiplyAddPairs pairs => new MultiplyAddPairs(Of(pairs.Accumulator), Of(pairs.A), Of(pairs.B)),
        DotFour dot => new DotFour(Of(dot.Codes), Of(dot.Other), Of(dot.Accumulator)),
        PermuteBytes permute => new PermuteBytes(Of(permute.Low), Of(permute.High), Of(permute.Selector)),
        PackPair pack => pack with { Low = Of(pack.Low), High = Of(pack.High) },
        IsAligned aligned => aligned with { View = _names[aligned.View] },
        _ => throw new IrException($"no expression of this form: {expression}"),
    };

    private Matrix Of(Matrix matrix) =>
        matrix is ViewMatrix view ? new ViewMatrix(_names[view.View], Of(view.Start), view.RowAxis) : Buffered((BufferMatrix)matrix);

    private BufferMatrix Buffered(BufferMatrix matrix) => new(Of(matrix.Buffer), Of(matrix.RowStride), matrix.First is { } first ? Of(first) : null);

    private LoadView Of(LoadView load) => load with
    {
        View = _names[load.View],
        Indices = Of(load.Indices),
        Count = Optional(load.Count),
        Guard = Optional(load.Guard),
        Other = Optional(load.Other),
    };

    private LocalBuffer Of(LocalBuffer buffer) => buffer with { Size = Of(buffer.Size) };

    private Exprs Of(Exprs expressions) => new([.. expressions.AsEnumerable().Select(Of)]);

    private LocalBuffer? Optional(LocalBuffer? buffer) => buffer is null ? null : Of(buffer);

    private Expr? Optional(Expr? expression) => expression is null ? null : Of(expression);
}
