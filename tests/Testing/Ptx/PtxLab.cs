using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>Runs a few instructions over threads, each with eight words of input and of output.</summary>
internal static unsafe class PtxLab
{
    public const int Words = 8;

    private const string Registers = """
        .reg .pred %p<16>;
        .reg .b16 %h<32>;
        .reg .b32 %r<64>;
        .reg .b64 %rd<32>;
        .reg .f32 %f<64>;
        """;

    // %r0 to %r7 hold the thread's words; %r8 to %r15 become its results.
    private const string Load = """
        ld.param.u64 %rd0, [in];
        ld.param.u64 %rd1, [out];
        mov.u32 %r63, %tid.x;
        mul.wide.s32 %rd2, %r63, 32;
        add.s64 %rd0, %rd0, %rd2;
        add.s64 %rd1, %rd1, %rd2;
        ld.global.v4.b32 {%r0, %r1, %r2, %r3}, [%rd0];
        ld.global.v4.b32 {%r4, %r5, %r6, %r7}, [%rd0+16];
        mov.b32 %r8, 0;
        mov.b32 %r9, 0;
        mov.b32 %r10, 0;
        mov.b32 %r11, 0;
        mov.b32 %r12, 0;
        mov.b32 %r13, 0;
        mov.b32 %r14, 0;
        mov.b32 %r15, 0;
        """;

    private const string Store = """
        st.global.v4.b32 [%rd1], {%r8, %r9, %r10, %r11};
        st.global.v4.b32 [%rd1+16], {%r12, %r13, %r14, %r15};
        ret;
        """;

    /// <summary>A module whose entry runs a body between loading and storing the threads' words.</summary>
    public static string Module(string body, int target = 80, bool isSpecific = false) => $$"""
        .version {{(isSpecific ? "8.0" : "7.0")}}
        .target sm_{{target}}{{(isSpecific ? "a" : "")}}
        .address_size 64
        .extern .shared .align {{(isSpecific ? 1024 : 16)}} .b8 shared[];
        .visible .entry lab(.param .u64 in, .param .u64 out)
        {
        {{Registers}}
        {{Load}}
        {{body}}
        {{Store}}
        }
        """;

    /// <summary>Runs a body on one block, and gives each thread's eight results.</summary>
    public static uint[][] Run(string body, uint[][] inputs, int shared = 0, int target = 80, bool isSpecific = false)
    {
        PtxModule module = PtxParser.Parse(Module(body, target, isSpecific));
        var program = new PtxProgram(module, module.Entries["lab"]);
        var memory = new PtxGlobalMemory();
        nuint bytes = (nuint)(inputs.Length * Words * 4);
        ulong from = memory.Allocate(bytes), to = memory.Allocate(bytes);
        try
        {
            for (int thread = 0; thread < inputs.Length; thread++)
                inputs[thread].CopyTo(new Span<uint>((uint*)from + (thread * Words), Words));
            var parameters = new byte[16];
            BitConverter.TryWriteBytes(parameters.AsSpan(), from);
            BitConverter.TryWriteBytes(parameters.AsSpan(8), to);
            PtxGrid.Run(program, memory, (1, 1, 1), inputs.Length, shared, parameters);
            return [.. Enumerable.Range(0, inputs.Length).Select(thread => new Span<uint>((uint*)to + (thread * Words), Words).ToArray())];
        }
        finally
        {
            memory.Free(from);
            memory.Free(to);
        }
    }

    /// <summary>Runs a body on so many threads, whose words are what a function of the thread gives.</summary>
    public static uint[][] Run(string body, int threads, Func<int, uint>? word = null, int shared = 0) =>
        Run(body, [.. Enumerable.Range(0, threads).Select(thread => new[] { (word ?? (t => (uint)t))(thread), 0u, 0u, 0u, 0u, 0u, 0u, 0u })], shared);

    /// <summary>What one thread computes from words.</summary>
    public static uint[] One(string body, params uint[] words) => Run(body, [[.. words, .. new uint[Words - words.Length]]])[0];

    public static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    public static float Float(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
