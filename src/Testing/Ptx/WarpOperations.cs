using static KernelFoundry.Testing.Ptx.IntegerFunctions;

namespace KernelFoundry.Testing.Ptx;

/// <summary>What lanes of a warp do together.</summary>
internal static class WarpOperations
{
    private static readonly int[] ColumnsOfWarpgroups = [128, 256];

    public static IEnumerable<PtxOperation> All =>
    [
        Shuffle("bfly", ShuffleMode.Butterfly), Shuffle("down", ShuffleMode.Down), Shuffle("up", ShuffleMode.Up), Shuffle("idx", ShuffleMode.Index),
        new("vote.sync.ballot.b32", "=b32 pred b32", s => new BallotStep(s[0], s[1], s[2])),
        new("redux.sync.add.s32", "=s32 s32 b32", s => new ReduceStep<int, Add<int>>(s[0], s[1], s[2]), 80),
        new("redux.sync.max.s32", "=s32 s32 b32", s => new ReduceStep<int, Max<int>>(s[0], s[1], s[2]), 80),
        new("redux.sync.min.s32", "=s32 s32 b32", s => new ReduceStep<int, Min<int>>(s[0], s[1], s[2]), 80),
        new("bar.warp.sync", "b32", s => new WarpBarrierStep(s[0])),
        Multiply<FloatFunctions.FromHalf>("m16n8k16", "f16", 4, 2, 80), Multiply<FloatFunctions.FromBFloat16>("m16n8k16", "bf16", 4, 2, 80),
        Multiply<FloatFunctions.FromHalf>("m16n8k8", "f16", 2, 1, 75),
        .. ColumnsOfWarpgroups.SelectMany(columns => new[] { MultiplyWarpgroup<FloatFunctions.FromHalf>(columns, "f16"), MultiplyWarpgroup<FloatFunctions.FromBFloat16>(columns, "bf16") }),
        OfWarpgroup("fence", "", _ => products => products.Fence()), OfWarpgroup("commit_group", "", _ => products => products.Commit()),
        OfWarpgroup("wait_group", "#", s => products => products.Wait((int)s[0].Value)),
        new("fence.proxy.async.shared::cta", "", _ => new ProxyFenceStep(), 90) { Version = 8.0m },
        .. new[] { ("s8", "s8"), ("s8", "u8"), ("u8", "s8"), ("u8", "u8") }.SelectMany(t => MultiplyBytes(t.Item1, t.Item2)),
    ];

    private static PtxOperation Shuffle(string name, ShuffleMode mode) => new(
        $"shfl.sync.{name}.b32", "=b32?pred b32 b32 b32 b32",
        s => new ShuffleStep(mode, s[0], s.Length > 5 ? s[5] : null, s[1], s[2], s[3], s[4]));

    // Sums, both operands' descriptors, whether sums are added to, and by literals the operands' signs and whether they are transposed.
    private static PtxOperation MultiplyWarpgroup<TToFloat>(int columns, string t)
        where TToFloat : ILaneFunction<uint, float> => new(
        FormattableString.Invariant($"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.{t}.{t}"), FormattableString.Invariant($"+f32*{columns / 2} b64 b64 pred # # # #"),
        s => new MultiplyWarpgroupStep(s, TToFloat.Apply), 90)
        {
            IsSpecific = true,
            Version = 8.0m,
        };

    private static PtxOperation OfWarpgroup(string name, string rules, Func<PtxSlot[], Action<PtxProducts>> action) =>
        new($"wgmma.{name}.sync.aligned", rules, s => new ProductsStep(action(s)), 90) { IsSpecific = true, Version = 8.0m };

    private static PtxOperation[] MultiplyBytes(string a, string b) =>
    [
        new($"mma.sync.aligned.m16n8k32.row.col.s32.{a}.{b}.s32", "=s32*4 b32*4 b32*2 s32*4", s => new MultiplyBytesStep(s[0], s[1], s[2], s[3], a == "s8", b == "s8"), 80),
        new($"mma.sync.aligned.m16n8k16.row.col.s32.{a}.{b}.s32", "=s32*4 b32*2 b32*1 s32*4", s => new MultiplyBytesStep(s[0], s[1], s[2], s[3], a == "s8", b == "s8"), 80),
    ];

    private static PtxOperation Multiply<TToFloat>(string shape, string t, int a, int b, int target)
        where TToFloat : ILaneFunction<uint, float> => new(
        $"mma.sync.aligned.{shape}.row.col.f32.{t}.{t}.f32", FormattableString.Invariant($"=f32*4 b32*{a} b32*{b} f32*4"),
        s => new MultiplyHalvesStep<TToFloat>(s[0], s[1], s[2], s[3]), target);
}
