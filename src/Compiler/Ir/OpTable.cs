namespace KernelFoundry.Compiler.Ir;

/// <summary>What kind of work an op is.</summary>
public enum OpClass
{
    Leaf,
    Elementwise,
    Shape,
    Across,
    Memory,
    Functor,
    Control,
}

/// <summary>How an elementwise op's result type follows from its operands'.</summary>
public enum TypeRule
{
    /// <summary>All operands have one dtype and the result has it too.</summary>
    Same,

    /// <summary>As <see cref="Same"/>, f32 only.</summary>
    Float,

    /// <summary>As <see cref="Same"/>, integers and bool only.</summary>
    Bits,

    /// <summary>Two operands of one dtype give bool.</summary>
    Compare,

    /// <summary>Bool, then two of one dtype, which is the result's.</summary>
    Select,

    /// <summary>The attribute is the result's dtype.</summary>
    Attribute,

    /// <summary>Three i32 or u32 give u32.</summary>
    Random,

    /// <summary>Not an elementwise op: the builder types it.</summary>
    Special,
}

/// <summary>One row of the table of operations.</summary>
/// <param name="Code">The operation.</param>
/// <param name="Class">What kind of work it is.</param>
/// <param name="Arity">Number of operands; -1 where it varies.</param>
/// <param name="Rule">How its result is typed.</param>
/// <param name="Cost">Rough cost in simple instructions: what fusion weighs recomputing against.</param>
public sealed record OpInfo(OpCode Code, OpClass Class, int Arity, TypeRule Rule, int Cost)
{
    /// <summary>The mnemonic in dumps.</summary>
    public string Name { get; } = Code.ToString().ToLowerInvariant();

    public bool IsElementwise => Class == OpClass.Elementwise;

    /// <summary>No effect and no regions: may be merged, moved and dropped. A Load is pure only while nothing is stored.</summary>
    public bool IsPure => Class is OpClass.Leaf or OpClass.Elementwise or OpClass.Shape or OpClass.Across or OpClass.Functor;
}

/// <summary>The operations of the IR.</summary>
public static class OpTable
{
    private static readonly OpInfo[] Rows = Build();

    public static OpInfo Of(OpCode code) => Rows[(int)code];

    public static IReadOnlyList<OpInfo> All => Rows;

    private static OpInfo[] Build()
    {
        var rows = new OpInfo[Enum.GetValues(typeof(OpCode)).Length];
        void Add(OpClass kind, int arity, TypeRule rule, int cost, params OpCode[] codes)
        {
            foreach (OpCode code in codes)
                rows[(int)code] = new OpInfo(code, kind, arity, rule, cost);
        }

        Add(OpClass.Leaf, 0, TypeRule.Special, 0, OpCode.Const, OpCode.Param, OpCode.ViewExtent, OpCode.BlockSize);
        Add(OpClass.Leaf, 1, TypeRule.Special, 0, OpCode.ProgramId);

        Add(OpClass.Elementwise, 1, TypeRule.Same, 1, OpCode.Neg, OpCode.Abs);
        Add(OpClass.Elementwise, 1, TypeRule.Float, 12, OpCode.Exp, OpCode.Log, OpCode.Sigmoid);
        Add(OpClass.Elementwise, 1, TypeRule.Float, 20, OpCode.Tanh, OpCode.Erf, OpCode.Sin, OpCode.Cos);
        Add(OpClass.Elementwise, 1, TypeRule.Float, 4, OpCode.Sqrt, OpCode.Rsqrt);
        Add(OpClass.Elementwise, 1, TypeRule.Float, 1, OpCode.Floor, OpCode.Round);
        Add(OpClass.Elementwise, 1, TypeRule.Bits, 1, OpCode.Not, OpCode.Lookup);
        Add(OpClass.Elementwise, 1, TypeRule.Attribute, 1, OpCode.Convert, OpCode.Bitcast);

        Add(OpClass.Elementwise, 2, TypeRule.Same, 1, OpCode.Add, OpCode.Sub, OpCode.Mul, OpCode.Min, OpCode.Max);
        Add(OpClass.Elementwise, 2, TypeRule.Same, 4, OpCode.Div, OpCode.Rem);
        Add(OpClass.Elementwise, 2, TypeRule.Bits, 1, OpCode.And, OpCode.Or, OpCode.Xor, OpCode.Shl, OpCode.Shr, OpCode.MulHi);
        Add(OpClass.Elementwise, 2, TypeRule.Float, 4, OpCode.Scale);
        Add(OpClass.Elementwise, 2, TypeRule.Compare, 1, OpCode.Eq, OpCode.Ne, OpCode.Lt, OpCode.Le, OpCode.Gt, OpCode.Ge);

        Add(OpClass.Elementwise, 3, TypeRule.Select, 1, OpCode.Select);
        Add(OpClass.Elementwise, 3, TypeRule.Float, 1, OpCode.Fma);
        Add(OpClass.Elementwise, 3, TypeRule.Random, 60, OpCode.Philox);

        Add(OpClass.Shape, 2, TypeRule.Special, 0, OpCode.Range);
        Add(OpClass.Shape, -1, TypeRule.Special, 0, OpCode.Splat);
        Add(OpClass.Shape, 1, TypeRule.Special, 0, OpCode.Expand, OpCode.Transpose);

        Add(OpClass.Across, 1, TypeRule.Special, 0, OpCode.Reduce, OpCode.ArgReduce, OpCode.Scan);
        Add(OpClass.Across, -1, TypeRule.Special, 0, OpCode.Dot);
        Add(OpClass.Across, 2, TypeRule.Special, 0, OpCode.FakeQuantize);
        Add(OpClass.Across, 2, TypeRule.Special, 2, OpCode.Gather);

        Add(OpClass.Memory, -1, TypeRule.Special, 1, OpCode.Load, OpCode.RawLoad, OpCode.Store);
        Add(OpClass.Functor, -1, TypeRule.Special, 0, OpCode.Call);
        Add(OpClass.Functor, 0, TypeRule.Special, 0, OpCode.Field);
        Add(OpClass.Control, -1, TypeRule.Special, 0, OpCode.For, OpCode.While, OpCode.If, OpCode.Yield, OpCode.Condition, OpCode.Return);
        return rows;
    }
}
