using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// One addition, subtraction or multiplication of two halves in memory whose result is stored as a half. The bits are those of floats: products of halves are exact in floats, and a
/// sum that is rounded to the 24 bits of a float and then to the 11 of a half is the sum rounded once, since 24 is at least 2 x 11 + 2 (Figueroa, "When is double rounding innocuous?",
/// 1995); sums that are subnormal halves are exact, where a device keeps them.
/// </summary>
/// <param name="Code">What is done.</param>
/// <param name="Left">The first operand.</param>
/// <param name="Right">The second.</param>
/// <param name="Replaced">The declarations of the result and of both operands, which nothing else has use for.</param>
internal sealed record HalfOperation(OpCode Code, LoadView Left, LoadView Right, string[] Replaced)
{
    /// <summary>The operation of a store, or null.</summary>
    /// <param name="store">The store.</param>
    /// <param name="before">The declarations between which and the store nothing is written, by name.</param>
    /// <param name="uses">How often variables are read, by name.</param>
    public static HalfOperation? Of(StoreView store, IReadOnlyDictionary<string, Let> before, IReadOnlyDictionary<string, int> uses)
    {
        Let? Declared(Expr value) => value is Var { Name: var name } && uses[name] == 1 && before.TryGetValue(name, out Let? let) ? let : null;
        LoadView? Half(Let? let) => let?.Value is LoadView { Raw: RawType.F16, ByteOffset: false, Guard: null } load ? load : null;
        if (store.Element.Kind != ElementKind.F16 || Declared(store.Value) is not { } result
            || result.Value is not Apply { Type: DType.F32, Code: OpCode.Add or OpCode.Sub or OpCode.Mul } operation)
            return null;
        Let? first = Declared(operation.Operands[0]), second = Declared(operation.Operands[1]);
        return Half(first) is { } left && Half(second) is { } right
            ? new HalfOperation(operation.Code, left, right, [result.Var.Name, first!.Var.Name, second!.Var.Name])
            : null;
    }
}
