using System.Numerics;
using static KernelFoundry.Testing.Ptx.CompareFunctions;
using static KernelFoundry.Testing.Ptx.IntegerFunctions;

namespace KernelFoundry.Testing.Ptx;

/// <summary>Integers, bits and predicates.</summary>
internal static class IntegerOperations
{
    public static IEnumerable<PtxOperation> All =>
    [
        .. Arithmetic<int>("s32"), .. Arithmetic<uint>("u32"), .. Arithmetic<long>("s64"), .. Arithmetic<ulong>("u64"),
        .. Bits<uint>("b32"), .. Bits<ulong>("b64"), .. Bits<uint>("b16"),
        .. Moves<uint>("b32", "u32", "s32", "f32"), .. Moves<ulong>("b64", "u64", "s64", "f64"), .. Moves<uint>("b16", "u16", "s16"),
        .. Selects<uint>("b32", "u32", "s32", "f32"), .. Selects<ulong>("b64", "u64", "s64"), .. Selects<uint>("b16", "u16", "s16"),
        .. Single(), .. Predicates(), .. Conversions(),
    ];

    private static PtxOperation[] Arithmetic<T>(string t)
        where T : unmanaged, IBinaryInteger<T> =>
    [
        Two<T, Add<T>>($"add.{t}", t), Two<T, Subtract<T>>($"sub.{t}", t), Two<T, Multiply<T>>($"mul.lo.{t}", t), Two<T, Divide<T>>($"div.{t}", t),
        Two<T, Remainder<T>>($"rem.{t}", t), Two<T, Min<T>>($"min.{t}", t), Two<T, Max<T>>($"max.{t}", t),
        new($"mad.lo.{t}", $"={t} {t} {t} {t}", s => new TernaryStep<T, T, T, T, MultiplyAdd<T>>(s[0], s[1], s[2], s[3])),
        .. t[0] == 's' ? [One<T, Negate<T>>($"neg.{t}", t), One<T, Abs<T>>($"abs.{t}", t)] : Array.Empty<PtxOperation>(),
        Compare<T, Equal<T>>("eq", t), Compare<T, NotEqual<T>>("ne", t), Compare<T, Less<T>>("lt", t), Compare<T, LessOrEqual<T>>("le", t),
        Compare<T, Greater<T>>("gt", t), Compare<T, GreaterOrEqual<T>>("ge", t),
        .. t[0] == 'u'
            ? [Compare<T, Less<T>>("lo", t), Compare<T, LessOrEqual<T>>("ls", t), Compare<T, Greater<T>>("hi", t), Compare<T, GreaterOrEqual<T>>("hs", t)]
            : Array.Empty<PtxOperation>(),
    ];

    private static PtxOperation[] Bits<T>(string t)
        where T : unmanaged, IBinaryInteger<T> =>
    [
        Two<T, And<T>>($"and.{t}", t), Two<T, Or<T>>($"or.{t}", t), Two<T, Xor<T>>($"xor.{t}", t),
        t == "b16" ? One<uint, Not16>("not.b16", t) : One<T, Not<T>>($"not.{t}", t),
        .. t == "b16" ? Array.Empty<PtxOperation>() : [Compare<T, Equal<T>>("eq", t), Compare<T, NotEqual<T>>("ne", t)],
    ];

    private static IEnumerable<PtxOperation> Moves<T>(params string[] types)
        where T : unmanaged => types.Select(t => One<T, Same<T>>($"mov.{t}", t));

    private static IEnumerable<PtxOperation> Selects<T>(params string[] types)
        where T : unmanaged =>
        types.Select(t => new PtxOperation($"selp.{t}", $"={t} {t} {t} pred", s => new SelectStep<T>(s[0], s[1], s[2], s[3])));

    private static PtxOperation[] Single() =>
    [
        Two<int, MultiplyHigh>("mul.hi.s32", "s32"), Two<uint, MultiplyHighUnsigned>("mul.hi.u32", "u32"),
        new("mul.wide.s32", "=s64 s32 s32", s => new BinaryStep<int, int, long, MultiplyWide>(s[0], s[1], s[2])),
        new("mul.wide.u32", "=u64 u32 u32", s => new BinaryStep<uint, uint, ulong, MultiplyWideUnsigned>(s[0], s[1], s[2])),
        new("mad.wide.s32", "=s64 s32 s32 s64", s => new TernaryStep<int, int, long, long, MultiplyAddWide>(s[0], s[1], s[2], s[3])),
        new("mad.wide.u32", "=u64 u32 u32 u64", s => new TernaryStep<uint, uint, ulong, ulong, MultiplyAddWideUnsigned>(s[0], s[1], s[2], s[3])),
        Two<uint, ShiftLeft>("shl.b32", "b32"),
        new("shl.b64", "=b64 b64 u32", s => new BinaryStep<ulong, uint, ulong, ShiftLeft64>(s[0], s[1], s[2])),
        new("shr.s32", "=s32 s32 u32", s => new BinaryStep<int, uint, int, ShiftRight>(s[0], s[1], s[2])),
        Two<uint, ShiftRightUnsigned>("shr.u32", "u32"), Two<uint, ShiftRightUnsigned>("shr.b32", "b32"),
        new("shr.s64", "=s64 s64 u32", s => new BinaryStep<long, uint, long, ShiftRight64>(s[0], s[1], s[2])),
        new("shr.u64", "=u64 u64 u32", s => new BinaryStep<ulong, uint, ulong, ShiftRightUnsigned64>(s[0], s[1], s[2])),
        new("bfe.s32", "=s32 s32 u32 u32", s => new TernaryStep<int, uint, uint, int, Extract>(s[0], s[1], s[2], s[3])),
        new("bfe.u32", "=u32 u32 u32 u32", s => new TernaryStep<uint, uint, uint, uint, ExtractUnsigned>(s[0], s[1], s[2], s[3])),
        new("prmt.b32", "=b32 b32 b32 b32", s => new TernaryStep<uint, uint, uint, uint, Permute>(s[0], s[1], s[2], s[3])),
        One<uint, CountOnes>("popc.b32", "b32"), One<uint, CountLeadingZeros>("clz.b32", "b32"),
        new("dp4a.s32.s32", "=s32 b32 b32 s32", s => new TernaryStep<int, int, int, int, DotBytes>(s[0], s[1], s[2], s[3]), 61),
        new("dp4a.u32.u32", "=u32 b32 b32 u32", s => new TernaryStep<uint, uint, uint, uint, DotBytesUnsigned>(s[0], s[1], s[2], s[3]), 61),
        new("dp4a.u32.s32", "=s32 b32 b32 s32", s => new TernaryStep<uint, int, int, int, DotBytesMixed>(s[0], s[1], s[2], s[3]), 61),
    ];

    private static PtxOperation[] Predicates() =>
    [
        new("and.pred", "=pred pred pred", s => new PredicateStep<And<uint>>(s[0], s[1], s[2])),
        new("or.pred", "=pred pred pred", s => new PredicateStep<Or<uint>>(s[0], s[1], s[2])),
        new("xor.pred", "=pred pred pred", s => new PredicateStep<Xor<uint>>(s[0], s[1], s[2])),
        new("not.pred", "=pred pred", s => new PredicateStep<NotFirst>(s[0], s[1], s[1])),
        new("mov.pred", "=pred pred", s => s[1].Offset < 0 ? new TruthStep(s[0], s[1]) : new PredicateStep<And<uint>>(s[0], s[1], s[1])),
    ];

    private static PtxOperation[] Conversions() =>
    [
        new("cvt.s64.s32", "=s64 s32", s => new UnaryStep<int, long, Convert<int, long>>(s[0], s[1])),
        new("cvt.u64.u32", "=u64 u32", s => new UnaryStep<uint, ulong, Convert<uint, ulong>>(s[0], s[1])),
        new("cvt.s64.u32", "=s64 u32", s => new UnaryStep<uint, long, Convert<uint, long>>(s[0], s[1])),
        new("cvt.s32.s64", "=s32 s64", s => new UnaryStep<long, int, Convert<long, int>>(s[0], s[1])),
        new("cvt.u32.u64", "=u32 u64", s => new UnaryStep<ulong, uint, Convert<ulong, uint>>(s[0], s[1])),
        new("cvt.u16.u32", "=u16 u32", s => new UnaryStep<uint, uint, Low16>(s[0], s[1])),
        new("cvt.u32.u16", "=u32 u16", s => new UnaryStep<uint, uint, Low16>(s[0], s[1])),
        new("cvt.s32.s16", "=s32 s16", s => new UnaryStep<uint, int, SignExtend<short>>(s[0], s[1])),
        new("cvt.s32.s8", "=s32 ~s8", s => new UnaryStep<uint, int, SignExtend<sbyte>>(s[0], s[1])),
        new("cvt.u32.u8", "=u32 ~u8", s => new UnaryStep<uint, uint, ZeroExtend<byte>>(s[0], s[1])),
        new("cvt.sat.s8.s32", "=~s8 s32", s => new UnaryStep<int, int, Saturate<sbyte>>(s[0], s[1])),
        new("cvt.sat.u8.s32", "=~u8 s32", s => new UnaryStep<int, int, Saturate<byte>>(s[0], s[1])),
        new("cvta.to.global.u64", "=u64 u64", s => new UnaryStep<ulong, ulong, Same<ulong>>(s[0], s[1])),
    ];

    private static PtxOperation One<T, TFunction>(string opcode, string t)
        where T : unmanaged
        where TFunction : ILaneFunction<T, T> => new(opcode, $"={t} {t}", s => new UnaryStep<T, T, TFunction>(s[0], s[1]));

    private static PtxOperation Two<T, TFunction>(string opcode, string t)
        where T : unmanaged
        where TFunction : ILaneFunction<T, T, T> =>
        new(opcode, $"={t} {t} {(opcode.StartsWith("sh", StringComparison.Ordinal) ? "u32" : t)}", s => new BinaryStep<T, T, T, TFunction>(s[0], s[1], s[2]));

    private static PtxOperation Compare<T, TFunction>(string comparison, string t)
        where T : unmanaged
        where TFunction : ILaneFunction<T, T, bool> =>
        new($"setp.{comparison}.{t}", $"=pred {t} {t}", s => new CompareStep<T, TFunction>(s[0], s[1], s[2]));
}
