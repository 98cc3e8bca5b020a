namespace KernelFoundry.Tests;

/// <summary>Modules written by hand.</summary>
internal static class PtxText
{
    private const string Registers = """
            .reg .pred %p<16>;
            .reg .b32 %r<64>;
            .reg .b64 %rd<32>;
            .reg .f32 %f<32>;
        """;

    /// <summary>y[ctaid.x * blockDim + tid] = a * x[...] + 1 while in x_e0: parameters x, x_e0, y, y_e0, a.</summary>
    public static string Scale { get; } = Entry("scale", ".u64 x, .u32 x_e0, .u64 y, .u32 y_e0, .f32 a", """
        ld.param.u64 %rd1, [x];
        ld.param.u32 %r1, [x_e0];
        ld.param.u64 %rd2, [y];
        ld.param.f32 %f1, [a];
        mov.u32 %r2, %ctaid.x;
        mov.u32 %r3, %ntid.x;
        mov.u32 %r4, %tid.x;
        mad.lo.s32 %r5, %r2, %r3, %r4;
        setp.ge.s32 %p1, %r5, %r1;
        @%p1 bra $end;
        mul.wide.s32 %rd3, %r5, 4;
        add.s64 %rd4, %rd1, %rd3;
        add.s64 %rd5, %rd2, %rd3;
        ld.global.f32 %f2, [%rd4];
        fma.rn.f32 %f3, %f1, %f2, 0f3F800000;
        st.global.f32 [%rd5], %f3;
        $end:
        ret;
        """);

    /// <summary>y[0] = a: parameters y, y_e0, a (int).</summary>
    public static string Store { get; } = Entry("store", ".u64 y, .u32 y_e0, .u32 a", """
        ld.param.u64 %rd1, [y];
        ld.param.u32 %r1, [a];
        st.global.b32 [%rd1], %r1;
        ret;
        """);

    /// <summary>y[0] = 2 * y[0] + a: parameters y, y_e0, a (int). Its launches do not commute.</summary>
    public static string Push { get; } = Entry("push", ".u64 y, .u32 y_e0, .u32 a", """
        ld.param.u64 %rd1, [y];
        ld.param.u32 %r1, [a];
        ld.global.b32 %r2, [%rd1];
        mad.lo.s32 %r3, %r2, 2, %r1;
        st.global.b32 [%rd1], %r3;
        ret;
        """);

    /// <summary>A module of one entry with a few registers of each kind.</summary>
    public static string Entry(string name, string parameters, string body, int target = 70, bool hasShared = false)
    {
        string list = parameters.Length == 0 ? "" : string.Join(", ", parameters.Split(", ").Select(parameter => $".param {parameter}"));
        return $"""
            .version 7.0
            .target sm_{target}
            .address_size 64
            {(hasShared ? ".extern .shared .align 16 .b8 shared[];" : "")}
            .visible .entry {name}({list})
            """ + "\n{\n" + Registers + "\n" + body + "\n}\n";
    }
}
