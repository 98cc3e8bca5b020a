using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets.Ptx;
using static KernelFoundry.Compiler.Tests.SampleKernels;

namespace KernelFoundry.Compiler.Tests.Targets;

/// <summary>What PTX looks like, and that nothing is written that the table of instructions does not know.</summary>
public sealed class PtxTests
{
    // A reduction of rows (shuffles, vector loads behind a test of their address), a loop that carries a sum with a masked load, bytes, and every
    // element type that is stored.
    public static TheoryData<string> Samples => ["RmsNorm", "BlockedSum", "DotOfBytes", "Stores"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_text_is_the_one_on_file(string name) => Golden.Check($"{name}.ptx", Render(Kernel(name)));

    [Fact]
    public void Rendering_twice_gives_the_same_text() => Assert.Equal(Render(RmsNorm()), Render(RmsNorm()));

    [Fact]
    public void Names_are_made_of_what_the_language_allows()
    {
        Kernel kernel = Build("Größe", [View("größe", 1), View("add", 1)], b =>
        {
            Value i = b.Range(0, b.Extent("größe", 0));
            b.Store("add", b.Load("größe", i), i);
        });
        PtxModule module = PtxTarget.Render(_ => Specialised(kernel), "Größe")[0];
        Assert.All(module.Source, c => Assert.True(c < 128));
        Assert.Contains($".visible .entry {module.EntryPoint}(", module.Source, StringComparison.Ordinal);
        Assert.Contains(".param .u64 add_p", module.Source, StringComparison.Ordinal);
    }

    // Views have an address, extents and strides, in the order of a launch's slots, and only those read are loaded.
    [Fact]
    public void Parameters_are_the_slots_of_a_launch()
    {
        string[] parameters = [.. Render(RmsNorm()).Split('\n').Where(l => l.StartsWith("\t.param", StringComparison.Ordinal)).Select(l => l.Trim('\t', ',', ')'))];
        Assert.Equal(
            [
                ".param .u64 x_p", ".param .u32 x_e0", ".param .u32 x_e1", ".param .u64 x_s0", ".param .u64 weight_p", ".param .u32 weight_e0",
                ".param .u64 y_p", ".param .u32 y_e0", ".param .u32 y_e1", ".param .u64 y_s0", ".param .f32 epsilon_v",
            ],
            parameters);
    }

    [Fact]
    public void A_block_has_as_many_threads_as_the_kernel_says_for_CUDA()
    {
        Kernel kernel = RmsNorm(), wide = new() { Name = kernel.Name, Parameters = kernel.Parameters, Body = kernel.Body, WorkGroup = 64, CudaWorkGroup = 256 };
        string text = IrPrinter.Print(wide);
        Assert.Contains(" workgroup 64 cuda 256", text, StringComparison.Ordinal);
        Kernel parsed = IrParser.ParseKernel(text);
        Assert.Contains(".reqntid 256, 1, 1", Render(parsed), StringComparison.Ordinal);
        Assert.Equal(64, Specializer.Specialize(parsed, Specialization.None, TargetKind.OpenCl).WorkGroup);
        Assert.Throws<IrException>(() => IrParser.ParseKernel(text.Replace("cuda 256", "cuda 2048", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_instruction_of_newer_GPUs_is_not_in_older_modules()
    {
        Assert.All(PtxInstructions.All, form => Assert.Contains(form.Target, new[] { PtxInstructions.Baseline, PtxInstructions.Matrices, PtxInstructions.Warpgroups }));
        Assert.Equal(PtxInstructions.Matrices, PtxInstructions.Of("cp.async.commit_group").Single().Target);
        Assert.Equal(PtxInstructions.Warpgroups, PtxInstructions.Of("wgmma.fence.sync.aligned").Single().Target);
        PtxModule module = Assert.Single(PtxTarget.Render(_ => Specialised(RmsNorm()), "rms_norm"));
        Assert.Equal(PtxInstructions.Baseline, module.Target);
    }

    [Fact]
    public void An_instruction_that_the_table_does_not_know_cannot_be_made()
    {
        var code = new PtxCode();
        PtxRegister f = code.NewRegister(PtxOperandKind.F32), r = code.NewRegister(PtxOperandKind.B32);
        code.Do("st.shared.f32", PtxAddress.Of(r, 4), f);
        Assert.Throws<InvalidOperationException>(() => code.Do("st.shared.f32", PtxAddress.Of(r, 4), r));
        Assert.Throws<InvalidOperationException>(() => code.Pure(PtxOperandKind.F32, "add.f32", f, f));
        Assert.Throws<InvalidOperationException>(() => code.Pure(PtxOperandKind.F32, "add.rn.f32", f, f, f));
        Assert.Throws<InvalidOperationException>(() => code.FreshVector(PtxOperandKind.F32, 3, "ld.shared.v4.f32", PtxAddress.Of(r, 0)));
    }

    // No rounding but to nearest even, no flushing of subnormal numbers, and no approximation but one: what hardware does by itself is stated in each opcode.
    [Fact]
    public void Floats_are_rounded_as_the_reference_rounds_them()
    {
        string[] arithmetic = ["add", "sub", "mul", "div", "fma", "sqrt", "rcp"];
        Assert.Equal(["ex2.approx.ftz.f32"], PtxInstructions.All.Select(form => form.Opcode).Where(opcode => opcode.Contains(".ftz") || opcode.Contains(".approx")));
        Assert.All(
            PtxInstructions.All.Where(f => (f.Opcode.EndsWith(".f32", StringComparison.Ordinal) || f.Opcode.EndsWith(".f16x2", StringComparison.Ordinal)) && arithmetic.Contains(f.Opcode.Split('.')[0])),
            form => Assert.Contains(".rn.", form.Opcode, StringComparison.Ordinal));
    }

    [Fact]
    public void Exponentials_are_approximated_where_the_kernel_says_so()
    {
        string text = IrPrinter.Print(Kernel("Stores"));
        string said = text.Replace("workgroup 64", "workgroup 64 rounds f16 bf16 approximateexp", StringComparison.Ordinal);
        Kernel kernel = IrParser.ParseKernel(said);
        Assert.Equal(said, IrPrinter.Print(kernel));
        Assert.Equal([ElementKind.F16, ElementKind.BF16], kernel.RoundedProducts);
        Assert.Contains("ex2.approx.ftz.f32", Render(kernel), StringComparison.Ordinal);
        Assert.DoesNotContain("ex2", Render(Kernel("Stores")), StringComparison.Ordinal);
        Assert.Throws<IrException>(() => IrParser.ParseKernel(text.Replace("workgroup 64", "workgroup 64 rounds f32", StringComparison.Ordinal)));
    }

    private static string Render(Kernel kernel) => PtxTarget.Render(_ => Specialised(kernel), kernel.Name)[0].Source;

    private static Kernel Specialised(Kernel kernel) => Specializer.Specialize(kernel, Specialization.None, TargetKind.Cuda);

    private static Kernel Kernel(string name) => name switch
    {
        "RmsNorm" => RmsNorm(Element.F16),
        "BlockedSum" => BlockedSum(),
        "DotOfBytes" => Build(name, [View("a", 1, Element.I8), View("b", 1, Element.I8), View("y", 1, Element.I32)], b =>
        {
            Value k = b.Range(0, b.Extent("a", 0));
            Value Bytes(string view) => b.Load(OpCode.Load, new MemoryAccess(view), DType.I8, k);
            b.Store("y", b.Emit(OpCode.Dot, null, Bytes("a"), Bytes("b")), b.Constant(0));
        }),
        _ => Build(name, [View("x", 1), View("h", 1, Element.F16), View("b", 1, Element.BF16), View("s", 1, Element.I8), View("u", 1, Element.U8)], b =>
        {
            Value i = b.Range(0, b.Extent("x", 0));
            Value x = b.Load("x", i), n = b.Emit(OpCode.Convert, DType.I32, x);
            b.Store("h", b.Emit(OpCode.Exp, null, x), i);
            b.Store("b", x, i);
            b.Store("s", n, i);
            b.Store("u", n, i);
        }),
    };
}
