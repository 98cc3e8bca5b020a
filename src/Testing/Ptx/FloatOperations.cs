using static KernelFoundry.Testing.Ptx.CompareFunctions;
using static KernelFoundry.Testing.Ptx.FloatFunctions;

namespace KernelFoundry.Testing.Ptx;

/// <summary>Floats and their conversions.</summary>
internal static class FloatOperations
{
    public static IEnumerable<PtxOperation> All => [.. Singles(), .. Comparisons(), .. Conversions(), .. Halves()];

    private static PtxOperation[] Singles() =>
    [
        Two<Add>("add.rn.f32"), Two<Add>("add.f32"), Two<Subtract>("sub.rn.f32"), Two<Subtract>("sub.f32"), Two<Multiply>("mul.rn.f32"), Two<Multiply>("mul.f32"),
        Two<Divide>("div.rn.f32"), Two<DivideApproximate>("div.full.f32"), Two<DivideApproximate>("div.approx.f32"),
        Two<Min>("min.f32"), Two<Max>("max.f32"), Two<MinNaN>("min.NaN.f32", 80), Two<MaxNaN>("max.NaN.f32", 80),
        new("fma.rn.f32", "=f32 f32 f32 f32", s => new TernaryStep<float, float, float, float, MultiplyAdd>(s[0], s[1], s[2], s[3])),
        One<Negate>("neg.f32"), One<Abs>("abs.f32"), One<Sqrt>("sqrt.rn.f32"), One<SqrtApproximate>("sqrt.approx.f32"), One<Reciprocal>("rcp.rn.f32"),
        One<ReciprocalApproximate>("rcp.approx.f32"), One<RsqrtApproximate>("rsqrt.approx.f32"), One<Exp2Approximate>("ex2.approx.f32"),
        One<Flushed<Exp2Approximate>>("ex2.approx.ftz.f32"), One<Log2Approximate>("lg2.approx.f32"), One<Flushed<Log2Approximate>>("lg2.approx.ftz.f32"),
        One<TanhApproximate>("tanh.approx.f32", 75),
        One<Floor>("cvt.rmi.f32.f32"), One<Ceiling>("cvt.rpi.f32.f32"), One<Round>("cvt.rni.f32.f32"), One<Truncate>("cvt.rzi.f32.f32"),
    ];

    private static PtxOperation[] Comparisons() =>
    [
        Compare<Equal<float>>("eq"), Compare<OrderedNotEqual<float>>("ne"), Compare<Less<float>>("lt"), Compare<LessOrEqual<float>>("le"),
        Compare<Greater<float>>("gt"), Compare<GreaterOrEqual<float>>("ge"), Compare<NotEqual<float>>("neu"), Compare<NotGreaterOrEqual<float>>("ltu"),
        Compare<NotGreater<float>>("leu"), Compare<NotLessOrEqual<float>>("gtu"), Compare<NotLess<float>>("geu"), Compare<NotNumbers>("nan"), Compare<Numbers>("num"),
    ];

    private static PtxOperation[] Conversions() =>
    [
        new("cvt.rn.f32.s32", "=f32 s32", s => new UnaryStep<int, float, FromInt>(s[0], s[1])),
        new("cvt.rn.f32.u32", "=f32 u32", s => new UnaryStep<uint, float, FromUInt>(s[0], s[1])),
        new("cvt.rn.f32.s64", "=f32 s64", s => new UnaryStep<long, float, FromLong>(s[0], s[1])),
        new("cvt.rzi.s32.f32", "=s32 f32", s => new UnaryStep<float, int, ToInt>(s[0], s[1])),
        new("cvt.rzi.u32.f32", "=u32 f32", s => new UnaryStep<float, uint, ToUInt>(s[0], s[1])),
        new("cvt.rni.s32.f32", "=s32 f32", s => new UnaryStep<float, int, RoundToInt>(s[0], s[1])),
        new("cvt.f32.f16", "=f32 f16", s => new UnaryStep<uint, float, FromHalf>(s[0], s[1])),
        new("cvt.rn.f16.f32", "=f16 f32", s => new UnaryStep<float, uint, ToHalf>(s[0], s[1])),
        new("cvt.rn.bf16.f32", "=bf16 f32", s => new UnaryStep<float, uint, ToBFloat16>(s[0], s[1]), 80),
        new("cvt.f32.bf16", "=f32 bf16", s => new UnaryStep<uint, float, FromBFloat16>(s[0], s[1]), 90),
        new("cvt.rn.f16x2.f32", "=f16x2 f32 f32", s => new BinaryStep<float, float, uint, ToHalves>(s[0], s[1], s[2]), 80),
        new("cvt.rn.bf16x2.f32", "=bf16x2 f32 f32", s => new BinaryStep<float, float, uint, ToBFloat16s>(s[0], s[1], s[2]), 80),
    ];

    private static IEnumerable<PtxOperation> Halves() =>
    [
        .. HalfOf<Add>("add"), .. HalfOf<Subtract>("sub"), .. HalfOf<Multiply>("mul"),
        new("min.f16x2", "=f16x2 f16x2 f16x2", s => new BinaryStep<uint, uint, uint, InHalves<Min>>(s[0], s[1], s[2]), 80),
        new("max.f16x2", "=f16x2 f16x2 f16x2", s => new BinaryStep<uint, uint, uint, InHalves<Max>>(s[0], s[1], s[2]), 80),
        new("fma.rn.f16", "=f16 f16 f16 f16", s => new TernaryStep<uint, uint, uint, uint, MultiplyAddHalf>(s[0], s[1], s[2], s[3]), 53),
        new("fma.rn.f16x2", "=f16x2 f16x2 f16x2 f16x2", s => new TernaryStep<uint, uint, uint, uint, MultiplyAddHalves>(s[0], s[1], s[2], s[3]), 53),
    ];

    private static IEnumerable<PtxOperation> HalfOf<TFunction>(string name)
        where TFunction : ILaneFunction<float, float, float>
    {
        foreach (string rounding in new[] { "", ".rn" })
        {
            yield return new($"{name}{rounding}.f16", "=f16 f16 f16", s => new BinaryStep<uint, uint, uint, InHalf<TFunction>>(s[0], s[1], s[2]), 53);
            yield return new($"{name}{rounding}.f16x2", "=f16x2 f16x2 f16x2", s => new BinaryStep<uint, uint, uint, InHalves<TFunction>>(s[0], s[1], s[2]), 53);
        }
    }

    private static PtxOperation One<TFunction>(string opcode, int target = 30)
        where TFunction : ILaneFunction<float, float> => new(opcode, "=f32 f32", s => new UnaryStep<float, float, TFunction>(s[0], s[1]), target);

    private static PtxOperation Two<TFunction>(string opcode, int target = 30)
        where TFunction : ILaneFunction<float, float, float> =>
        new(opcode, "=f32 f32 f32", s => new BinaryStep<float, float, float, TFunction>(s[0], s[1], s[2]), target);

    private static PtxOperation Compare<TFunction>(string comparison)
        where TFunction : ILaneFunction<float, float, bool> =>
        new($"setp.{comparison}.f32", "=pred f32 f32", s => new CompareStep<float, TFunction>(s[0], s[1], s[2]));
}
