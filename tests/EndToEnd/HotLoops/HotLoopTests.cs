using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>
/// The machine code of the loops that decide a model's speed: what they compute with, that nothing in them is called or spilled, and how many
/// instructions they take. A number is what was counted when it was written, rounded up: a change that needs more says why.
/// </summary>
public class HotLoopTests
{
    // vpmaddubsw multiplies 64 pairs of bytes at 512 bits and 32 at 256; vfmadd231ps 16 or 8 pairs of floats; FlashDecode rounds 16 exponents at once.
    // Moves bits within bytes.
    private const string Bits = "vgf2p8affineqb";

    // The first of two requests of a line, where a step is long.
    private const string Far = "prefetchnta";

    private static readonly HotLoop[] s_loops =
    [
        // Sixteen rows at a time, a row a lane; some instructions of each block ask for weights that are still to come. 8-bit codes need products that add up in 32 bits.
        new("MatVecInt8", "q8_0", 512, "Loop512_0", "vpdpbusd", 6.5),
        new("MatVecInt8", "q4_0", 512, "Loop512_0", "vpmaddubsw", 9.5, "vpmaddwd", Bits),
        new("MatVecInt8", "q5_0", 512, "Loop512_0", "vpmaddubsw", 13.5, "vpmaddwd", Bits),
        new("MatVecInt8", "q4_k", 512, "Loop512_0", "vpmaddubsw", 9.3, "vpmaddwd", Bits, Far),
        new("MatVecInt8", "q6_k", 512, "Loop512_0", "vpmaddubsw", 12.5, "vpmaddwd", Bits, Far),
        new("MatVecInt8", "q5_k", 512, "Loop512_0", "vpmaddubsw", 12, "vpmaddwd", Bits, Far) { MostSpills = 18 },
        new("MatVecInt8", "q2_k", 512, "Loop512_0", "vpmaddubsw", 9, "vpmaddwd", Bits, Far),
        new("MatVecInt8", "q3_k", 512, "Loop512_0", "vpmaddubsw", 12.5, "vpmaddwd", Bits, Far) { MostSpills = 2 },
        new("MatVecInt8", "iq4_nl", 512, "Loop512_0", "vpdpbusd", 6.5, "vpermb", "vpshufb", Bits),
        new("MatVecInt8", "mxfp4", 512, "Loop512_0", "vpmaddubsw", 10, "vpermb", "vpshufb", "vpmaddwd", Bits),
        new("MatVecInt8", "q8_0", 256, "Run256", "vpdpbusd", 10.5),
        new("MatVecInt8", "q4_0", 256, "Run256", "vpmaddubsw", 11.5, "vpmaddwd"),
        new("MatVecInt8", "q4_k", 256, "Run256", "vpmaddubsw", 10.5, "vpmaddwd", Far) { MostSpills = 12 },
        new("MatVecInt8", "q6_k", 256, "Run256", "vpmaddubsw", 15.5, "vpmaddwd", Far),
        new("MatVecInt8", "q5_k", 256, "Run256", "vpmaddubsw", 15, "vpmaddwd", Far) { MostSpills = 14 },
        new("MatVecInt8", "q3_k", 256, "Run256", "vpmaddubsw", 16, "vpmaddwd", Far) { MostSpills = 8 },
        new("MatVec", "f32", 512, "Run512", "vfmadd231ps", 5.5),
        new("MatVec", "f16", 512, "Run512", "vfmadd231ps", 13.5),
        new("MatVec", "bf16", 512, "Run512", "vfmadd231ps", 5.5),
        new("MatVec", "f32", 256, "Run256", "vfmadd231ps", 4),
        new("MatMul", "f32", 512, "ByColumns", "vfmadd231ps", 3),
        new("MatMul", "f32", 256, "ByColumns", "vfmadd231ps", 3.5),
        new("MatMulInt8", "q8_0", 512, "Wide", "vpmaddwd", 4),
        new("MatMulInt8", "q4_0", 512, "Narrow", "vpmaddubsw", 3.5),
        new("MatMulInt8", "q6_k", 512, "Pairs", "vpmaddubsw", 4.5, "vpmaddwd"),
        new("FlashDecode", "f32", 512, "Run512", "vrndscaleps", 46, "vscalefps"),
        new("FlashDecode", "f16", 512, "Run512", "vrndscaleps", 46, "vscalefps"),
        new("FlashAttention", "f32", 512, "Run512", "vrndscaleps", 38, "vscalefps"),
        new("FlashAttention", "f32", 512, "ByTurnedDepth32", "vfmadd231ps", 3),
        new("FlashDecode", "f32", 512, "ByDepthAhead", "vfmadd231ps", 3.3, Far),
        new("FlashDecode", "f32", 512, "ByColumnsAhead", "vfmadd231ps", 3.5, Far),
        new("FlashDecode", "f16", 512, "ByDepth", "vfmadd231ps", 1.8),
    ];

    public static TheoryData<int> Loops => [.. Enumerable.Range(0, s_loops.Length)];

    [Theory]
    [MemberData(nameof(Loops))]
    public void TheHotLoopHoldsWhatItShould(int number)
    {
        HotLoop expected = s_loops[number];
        MachineCode[] methods = [.. ListingOf(expected).Where(method => method.Name.Contains($":{expected.Method}(", StringComparison.Ordinal))];
        Assert.True(methods.Length > 0, $"{expected}: the method was not compiled.");
        foreach (MachineCode method in methods)
            Check(expected, method.HotLoop(expected.Unit));
    }

    [Fact]
    public void LoopsAreReadFromAListing()
    {
        MachineCode method = Assert.Single(MachineCode.Read("""
            ; Assembly listing for method A:Run512(int) (FullOpts)
            G_M000_IG01:                ;; offset=0x0000
                   push     rbp
            G_M000_IG02:                ;; offset=0x0001
                   xor      ecx, ecx
                   align    [0 bytes for IG03]
            G_M000_IG03:                ;; offset=0x0005
                   vfmadd231ps zmm1, zmm0, zmmword ptr [rdi+4*rcx]
                   vaddps   zmm1, zmm2, zmm1
                   add      ecx, 16
                   cmp      ecx, esi
                   jl       SHORT G_M000_IG03
            G_M000_IG04:                ;; offset=0x0010
                   inc      eax
                   jl       SHORT G_M000_IG02
                   ret
            """));
        Assert.Equal(10, method.Instructions.Count);
        Assert.Equal([(2, 6), (1, 8)], method.Loops);
        Assert.Equal("vfmadd231ps,vaddps,add,cmp,jl", string.Join(',', method.HotLoop("vfmadd231ps").Select(MachineCode.Mnemonic)));
        Assert.Empty(method.HotLoop("vpmaddwd"));
        Assert.Empty(method.HotLoop("inc"));
    }

    private static void Check(HotLoop expected, IReadOnlyList<string> loop)
    {
        string text = $"{expected}\n{string.Join('\n', loop)}";
        int steps = loop.Count(each => MachineCode.Mnemonic(each) == expected.Unit);
        Assert.True(steps > 0, $"{expected}: no innermost loop has {expected.Unit}.");
        Assert.All(expected.Also, also => Assert.True(loop.Any(each => MachineCode.Mnemonic(each) == also), $"No {also} in {text}"));
        string perStep = (loop.Count / (double)steps).ToString("0.00", CultureInfo.InvariantCulture);
        Assert.True(loop.Count <= expected.MostPerStep * steps, $"{perStep} instructions a step; at most {expected.MostPerStep}: {text}");
        Assert.DoesNotContain(loop, each => MachineCode.Mnemonic(each) == "call");
        int spills = loop.Count(IsSpill);
        Assert.True(spills <= expected.MostSpills, $"{spills} uses of spilled vectors; at most {expected.MostSpills}: {text}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{expected}: {perStep} instructions a step, {spills} uses of spilled vectors");
    }

    private static bool IsSpill(string instruction) =>
        new[] { "zmmword ptr [r", "ymmword ptr [r" }.Any(vector => instruction.Contains($"{vector}bp", StringComparison.Ordinal)
            || instruction.Contains($"{vector}sp", StringComparison.Ordinal));

    private static MachineCode[] ListingOf(HotLoop expected)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "The instructions are those of x64.");
        Assert.SkipUnless(!expected.Also.Contains(Bits) || Gfni.V512.IsSupported, "The processor does not move bits within bytes in one instruction.");
        Assert.SkipUnless(
            expected.Bits == 512 ? Vector512.IsHardwareAccelerated : Vector256.IsHardwareAccelerated,
            $"The processor does not compute with {expected.Bits} bits.");
        bool usesVnni = expected.Unit == "vpdpbusd";
        Assert.SkipUnless(!usesVnni || AvxVnni.IsSupported, "The processor has no products of bytes that add up in 32 bits.");
        string file = Path.Combine(Path.GetTempPath(), $"kernelfoundry-{Guid.NewGuid():N}.asm");
        try
        {
            var environment = new Dictionary<string, string>
            {
                // The kernel itself is always compiled: that the loop's method is not must not look like a JIT that prints nothing.
                ["DOTNET_JitDisasm"] = $"Run{expected.Bits} {expected.Method}",
                ["DOTNET_JitStdOutFile"] = file,

                // Narrower vectors as a processor without wider ones compiles them, and without the byte products only some of those have.
                ["DOTNET_EnableAVX512"] = expected.Bits == 512 ? "1" : "0",
                ["DOTNET_EnableAVXVNNI"] = usesVnni ? "1" : "0",
            };
            Kf kf = Kf.Run(expected.Arguments, environment);
            Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
            Assert.SkipUnless(File.Exists(file) && new FileInfo(file).Length > 0, "The runtime's JIT prints no listings (DOTNET_JitDisasm).");
            return [.. MachineCode.Read(File.ReadAllText(file))];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
