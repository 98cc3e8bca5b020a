using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// A store of what a mask lets through, one after another: to the inclusive sums of the mask's lanes as ones and zeros, and a scalar. Where lanes are stored in
/// their order, the next place is all that need be known, and the sums are never made.
/// </summary>
/// <param name="Sums">The sums.</param>
/// <param name="Offset">The scalar added to them; null for 0.</param>
internal sealed record PackedStore(Value Sums, Value? Offset)
{
    /// <summary>A store as such a one, or null if it is none.</summary>
    public static PackedStore? Of(Op store)
    {
        if (!store.Attr<MemoryAccess>().Masked || store.Operands.Length != 3 || store.Operands[1].Type.DType is not (DType.F32 or DType.I32))
            return null;
        Value index = store.Operands[0], mask = store.Operands[2];
        return SumsOf(index, mask) ? new PackedStore(index, null)
            : index.Definition is not { Code: OpCode.Add } sum ? null
            : sum.Operands[1].Type.IsScalar && SumsOf(sum.Operands[0], mask) ? new PackedStore(sum.Operands[0], sum.Operands[1])
            : sum.Operands[0].Type.IsScalar && SumsOf(sum.Operands[1], mask) ? new PackedStore(sum.Operands[1], sum.Operands[0])
            : null;
    }

    /// <summary>Whether the sums of a scan serve such stores only.</summary>
    public static bool IsAll(Value sums, Dependence dependence) => Indices(sums, dependence) is { Length: > 0 } indices
        && indices.All(index => dependence.Users(index).All(user => user.Code == OpCode.Store && ReferenceEquals(user.Operands[0], index)
            && !ReferenceEquals(user.Operands[1], index) && Of(user) is { } packed && ReferenceEquals(packed.Sums, sums)));

    // The sums themselves and what a scalar is added to, but for those that nothing reads.
    private static Value[] Indices(Value sums, Dependence dependence)
    {
        Op[] added = [.. dependence.Users(sums).Where(user => user.Code == OpCode.Add && user.Operands.Any(o => o.Type.IsScalar))];
        Value[] direct = dependence.Users(sums).Count > added.Length ? [sums] : [];
        return direct.Length > 0 && added.Length > 0 ? [] : [.. direct, .. added.Select(op => op.Result)];
    }

    private static bool SumsOf(Value value, Value mask) => value is { Type: { Rank: 1, DType: DType.I32 }, Definition: { Code: OpCode.Scan } scan }
        && scan.Attr<Reduction>().Kind == ReduceKind.Sum && scan.Operands[0].Definition is { Code: OpCode.Select } ones
        && ReferenceEquals(ones.Operands[0], mask) && IsConstant(ones.Operands[1], 1) && IsConstant(ones.Operands[2], 0);

    private static bool IsConstant(Value value, int number) => value.Definition is { Code: OpCode.Const } constant && constant.Attr<Number>() is { Type: DType.I32 } n && n.I32 == number;
}
