namespace KernelFoundry.Compiler.Lowering;

/// <summary>What code consists of.</summary>
internal static class CodeWalk
{
    /// <summary>A statement's own bodies.</summary>
    public static IEnumerable<Stmt> Bodies(Stmt statement) => statement switch
    {
        For loop => loop.Body,
        While loop => loop.Head.Concat(loop.Body),
        If choice => choice.Then.Concat(choice.Else),
        _ => [],
    };

    /// <summary>Statements with all they hold, in order.</summary>
    public static IEnumerable<Stmt> All(IEnumerable<Stmt> body) => body.SelectMany(s => All(Bodies(s)).Prepend(s));

    /// <summary>A statement's own expressions, with all they are made of.</summary>
    public static IEnumerable<Expr> Expressions(Stmt statement) => Operands(statement).SelectMany(All);

    /// <summary>An expression with all it is made of.</summary>
    public static IEnumerable<Expr> All(Expr expression) => Operands(expression).SelectMany(All).Prepend(expression);

    /// <summary>How often each variable of a program is read.</summary>
    public static Dictionary<string, int> Uses(Program program) =>
        All(program.Body).SelectMany(Expressions).OfType<Var>().GroupBy(v => v.Name).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>Constant variables of a program that nothing reads, but for others of them.</summary>
    public static HashSet<string> Unused(Program program)
    {
        Dictionary<string, int> uses = Uses(program);
        var unused = new HashSet<string>();

        // What a variable is made of is declared before it.
        foreach (Let let in All(program.Body).OfType<Let>().Where(let => !let.Mutable).Reverse())
        {
            if (uses.TryGetValue(let.Var.Name, out int count) && count > 0)
                continue;
            unused.Add(let.Var.Name);
            foreach (Var operand in All(let.Value).OfType<Var>())
                uses[operand.Name]--;
        }

        return unused;
    }

    private static IEnumerable<Expr> Operands(Stmt statement) => statement switch
    {
        Let let => [let.Value],
        Assign assign => [assign.Value],
        Shuffle shuffle => [shuffle.Value],
        For loop => [loop.From, loop.To, loop.Step],
        While loop => [loop.Condition],
        If choice => [choice.Condition],
        StoreView store => Present([.. store.Indices.AsEnumerable(), store.Value, store.Count, store.Guard]),
        StoreLocal store => [store.Index, store.Value],
        Contract contract => [.. Operands(contract.A), .. Operands(contract.B), .. Operands(contract.Target), contract.M, contract.N, contract.K],
        QuantizeRows quantize => [.. Operands(quantize.Source), .. Operands(quantize.Codes), .. Operands(quantize.Scales), quantize.Rows, quantize.Length],
        ContractBytes product =>
        [
            .. Operands(product.A), .. Operands(product.ScalesA), .. Operands(product.B), .. Operands(product.ScalesB), .. Operands(product.Target),
            product.M, product.N, product.Runs,
        ],
        Prefetch ahead => ahead.Indices.AsEnumerable(),
        RoundRow round => [round.First, round.Length, round.Group],
        LoadMatrices load => [load.Row],
        MultiplyMatrices product => [.. product.Sums, .. product.A.AsEnumerable(), .. product.B.AsEnumerable()],
        MultiplyWarpgroup product => [.. product.Sums, product.A, product.B],
        CopyAsync copy => [copy.Index, .. copy.Indices.AsEnumerable(), copy.Count],
        CombineRows combine => [combine.Rows],
        TransposeMatrix transpose => [.. Operands(transpose.Source), .. Operands(transpose.Target), transpose.Rows, transpose.Columns],
        _ => [],
    };

    private static IEnumerable<Expr> Operands(Matrix matrix) => matrix switch
    {
        ViewMatrix view => view.Start.AsEnumerable(),
        BufferMatrix { First: { } first } part => [part.RowStride, first],
        _ => [((BufferMatrix)matrix).RowStride],
    };

    /// <summary>An expression's own operands.</summary>
    public static IEnumerable<Expr> Operands(Expr expression) => expression switch
    {
        Apply apply => apply.Operands.AsEnumerable(),
        Broadcast broadcast => [broadcast.Scalar],
        LaneIndex lanes => [lanes.First],
        ReduceLanes reduce => [reduce.Vector],
        PrefixLanes prefix => [prefix.Vector],
        LoadView load => Present([.. load.Indices.AsEnumerable(), load.Count, load.Guard, load.Other]),
        LoadLocal load => Present([load.Index, load.Count]),
        Spread spread => spread.Scalars.AsEnumerable(),
        PackedCodes packed => packed.Start.AsEnumerable(),
        DotBytes dot => Present([.. dot.Start.AsEnumerable(), dot.Index, dot.Accumulator]),
        MultiplyAddPairs pairs => [pairs.Accumulator, pairs.A, pairs.B],
        DotFour dot => [dot.Codes, dot.Other, dot.Accumulator],
        PermuteBytes permute => [permute.Low, permute.High, permute.Selector],
        PackPair pack => [pack.Low, pack.High],
        _ => [],
    };

    private static IEnumerable<Expr> Present(Expr?[] expressions) => expressions.Where(e => e is not null).Select(e => e!);
}
