namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// The instructions that rendered PTX consists of, and nothing else: the subset that an emulator must know and a driver must take. Names, types and
/// rounding are those of NVIDIA's "Parallel Thread Execution ISA", version 7.0, and 8.0 for what is of sm_90a. Every float operation rounds to nearest even and keeps subnormal
/// numbers, without .ftz and .approx, but for ex2.
/// </summary>
public static class PtxInstructions
{
    /// <summary>The version of the language that a module for a compute capability is of: the oldest that has its instructions.</summary>
    public static string VersionOf(int target) => target >= Warpgroups ? "8.0" : "7.0";

    /// <summary>The compute capability that every module may assume.</summary>
    public const int Baseline = 70;

    /// <summary>The compute capability of the instructions on matrices and of asynchronous copies.</summary>
    public const int Matrices = 80;

    /// <summary>The compute capability of the instructions of warpgroups, which no later one has: sm_90a.</summary>
    public const int Warpgroups = 90;

    // Shapes as in PtxForm.Parse. A destination of loads and a source of stores may be wider than what lies in memory.
    private static readonly (string Shape, string Opcodes)[] Table =
    [
        // Moves. Between r and f the bits stay.
        ("r = R", "mov.b32"),
        ("h = h", "mov.b16"),
        ("r = f", "mov.b32"),
        ("f = r", "mov.b32"),
        ("f = F", "mov.f32"),
        ("p = p", "mov.pred"),
        ("p = i", "mov.pred"),
        ("r = s", "mov.u32"),
        ("r = v", "mov.u32"),

        // Integers of 32 bits; those without a sign that matters are written .s32.
        ("r = R R", "add.s32 sub.s32 mul.lo.s32 mul.hi.s32 mul.hi.u32 div.s32 div.u32 rem.s32 rem.u32 min.s32 min.u32 max.s32 max.u32"),
        ("r = R R", "and.b32 or.b32 xor.b32 shl.b32 shr.s32 shr.u32"),
        ("r = R R R", "mad.lo.s32 prmt.b32"),

        // Bytes without a sign by bytes with one, four products and a sum.
        ("r = r r R", "dp4a.u32.s32"),
        ("r = r", "neg.s32 abs.s32 not.b32"),
        ("r = r i i", "bfe.s32 bfe.u32"),

        // Addresses.
        ("d = d D", "add.s64 mul.lo.s64 div.s64"),
        ("d = d i", "shl.b64"),
        ("d = r", "cvt.s64.s32"),
        ("d = r i", "mul.wide.s32"),
        ("d = r i d", "mad.wide.s32"),
        ("d = d", "cvta.to.global.u64"),
        ("r = d", "cvt.u32.u64"),

        // Predicates. Comparisons of floats are false with a NaN, neu is true.
        ("p = p p", "and.pred or.pred xor.pred"),
        ("p = p", "not.pred"),
        ("p = R R", "setp.eq.s32 setp.ne.s32 setp.lt.s32 setp.le.s32 setp.gt.s32 setp.ge.s32"),
        ("p = R R", "setp.lt.u32 setp.le.u32 setp.gt.u32 setp.ge.u32"),
        ("p = F F", "setp.eq.f32 setp.neu.f32 setp.lt.f32 setp.le.f32 setp.gt.f32 setp.ge.f32"),
        ("r = R R p", "selp.b32"),
        ("f = F F p", "selp.f32"),

        // Floats. min and max of a NaN and a number give the number.
        ("f = F F", "add.rn.f32 sub.rn.f32 mul.rn.f32 div.rn.f32 min.f32 max.f32"),
        ("f = F F F", "fma.rn.f32"),

        // Two halves at a time, each rounded to nearest even.
        ("r = r r", "add.rn.f16x2 sub.rn.f16x2 mul.rn.f16x2"),
        ("f = f", "neg.f32 abs.f32 sqrt.rn.f32 rcp.rn.f32 cvt.rmi.f32.f32 cvt.rni.f32.f32"),

        // Powers of two, off by at most 2^-22 of the result; subnormal numbers count as 0. Only where the kernel says that its tolerance bears it.
        ("f = f", "ex2.approx.ftz.f32"),

        // Conversions. Floats to integers truncate and saturate, a NaN gives 0.
        ("f = r", "cvt.rn.f32.s32 cvt.rn.f32.u32"),
        ("r = f", "cvt.rzi.s32.f32 cvt.rzi.u32.f32"),
        ("f = h", "cvt.f32.f16"),
        ("h = f", "cvt.rn.f16.f32"),
        ("h = r", "cvt.u16.u32"),
        ("r = h", "cvt.u32.u16"),

        // Memory. Every access is aligned to what it moves, vectors to all of it.
        ("d = a", "ld.param.u64"),
        ("r = a", "ld.param.u32"),
        ("f = a", "ld.param.f32"),
        ("r = g", "ld.global.b32 ld.global.u16 ld.global.s16 ld.global.u8 ld.global.s8"),
        ("f = g", "ld.global.f32"),
        ("h = g", "ld.global.b16"),
        ("g r", "st.global.b32 st.global.b16 st.global.b8"),
        ("g f", "st.global.f32"),
        ("g h", "st.global.b16"),
        ("g r2", "st.global.v2.b32"),
        ("g r4", "st.global.v4.b32"),
        ("g f2", "st.global.v2.f32"),
        ("g f4", "st.global.v4.f32"),
        ("r2 = g", "ld.global.v2.b32"),
        ("r4 = g", "ld.global.v4.b32"),
        ("f2 = g", "ld.global.v2.f32"),
        ("f4 = g", "ld.global.v4.f32"),
        ("r2 = m", "ld.shared.v2.b32"),
        ("r4 = m", "ld.shared.v4.b32"),
        ("f2 = m", "ld.shared.v2.f32"),
        ("f4 = m", "ld.shared.v4.f32"),
        ("r = m", "ld.shared.b32"),
        ("f = m", "ld.shared.f32"),
        ("m r", "st.shared.b32"),
        ("m f", "st.shared.f32"),
        ("m r2", "st.shared.v2.b32"),
        ("m r4", "st.shared.v4.b32"),
        ("m f2", "st.shared.v2.f32"),
        ("m f4", "st.shared.v4.f32"),

        // What the lane has whose number differs in the bits of the second operand; all lanes take part (31, -1).
        ("r = r i i i", "shfl.sync.bfly.b32"),
        ("f = f i i i", "shfl.sync.bfly.b32"),

        // Control.
        ("l", "bra"),
        ("i", "bar.sync"),
        ("", "ret"),
    ];

    // For sm_80 and later. Products are exact, sums of bytes too; float sums are rounded as the hardware does, which is not to nearest each time.
    private static readonly (string Shape, string Opcodes)[] MatrixTable =
    [
        ("r2 = m", "ldmatrix.sync.aligned.m8n8.x2.shared.b16 ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16"),
        ("r4 = m", "ldmatrix.sync.aligned.m8n8.x4.shared.b16 ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16"),
        ("r4 = r4 r2 r4", "mma.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32"),
        ("r4 = r2 r1 r4", "mma.sync.aligned.m16n8k16.row.col.s32.s8.u8.s32"),
        ("f4 = r4 r2 f4", "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"),

        // Two floats rounded to nearest even: the first is the upper one.
        ("r = F F", "cvt.rn.f16x2.f32 cvt.rn.bf16x2.f32"),

        // Bytes to copy, and how many of them are there: the rest is zeros.
        ("m g i R", "cp.async.cg.shared.global"),
        ("", "cp.async.commit_group"),
        ("i", "cp.async.wait_group"),
    ];

    // For sm_90a alone. Sums, which are added to, the descriptors of both operands in shared memory, whether sums are added to (or begin), signs of the operands, and whether they are transposed.
    private static readonly (string Shape, string Opcodes)[] WarpgroupTable =
    [
        ("f64 d d p i i i i", "wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16"),
        ("f128 d d p i i i i", "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16 wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16"),
        ("", "wgmma.fence.sync.aligned wgmma.commit_group.sync.aligned"),
        ("i", "wgmma.wait_group.sync.aligned"),

        // Memory written as usual is seen by what reads it beside other work.
        ("", "fence.proxy.async.shared::cta"),
    ];

    /// <summary>All forms; an opcode may have several.</summary>
    public static IReadOnlyList<PtxForm> All { get; } = [.. Forms(Table, Baseline), .. Forms(MatrixTable, Matrices), .. Forms(WarpgroupTable, Warpgroups)];

    private static IEnumerable<PtxForm> Forms((string Shape, string Opcodes)[] table, int target) =>
        from row in table from opcode in row.Opcodes.Split(' ') select PtxForm.Parse(opcode, row.Shape) with { Target = target };

    private static readonly ILookup<string, PtxForm> ByOpcode = All.ToLookup(form => form.Opcode);

    /// <summary>The forms of an opcode; none if there is no such instruction.</summary>
    public static IEnumerable<PtxForm> Of(string opcode) => ByOpcode[opcode];
}
