using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>One mistake a case, and the line it is reported at.</summary>
public class PtxCheckerTests
{
    // The mistake is in the body's last line but where said otherwise.
    [Theory]
    [InlineData("add.q32 %r8, %r0, %r1;", "add.q32 is no instruction of the subset")]
    [InlineData("add.s32 %r8, %r0;", "add.s32 has 3 operands, not 2")]
    [InlineData("add.s32 %r8, %r0, %r99;", "%r99, which is not declared")]
    [InlineData("add.s32 %r8, %r0, %f1;", "operand 3 is %f1 of .f32, and .s32 is wanted")]
    [InlineData("add.s32 %rd5, %r0, %r1;", "operand 1 is %rd5 of .b64, and .s32 is wanted")]
    [InlineData("add.s32 %r8, %r0, 0f3F800000;", "literal of .f32, and .s32 is wanted")]
    [InlineData("add.s32 %r8, %r0, 4294967296;", "more than 32 bits")]
    [InlineData("add.s32 7, %r0, %r1;", "is a literal, and is written")]
    [InlineData("mov.b32 %f0, %r0;\nadd.rn.f32 %f1, %f0, 1;", "is an integer, and .f32 is wanted")]
    [InlineData("add.s32 %r8, %r0, %tid.x;", "%tid.x, which is not declared")]
    [InlineData("ld.global.b32 %r8, [%r0];", "base is a register of .b32")]
    [InlineData("ld.shared.b32 %r8, [%rd0];", "base is a register of .b64")]
    [InlineData("ld.global.b32 %r8, [shared];", "base is no declared register")]
    [InlineData("ld.param.u32 %r8, [what];", "[what], which is no parameter")]
    [InlineData("ld.param.u32 %r8, [in];", "is a parameter of .u64")]
    [InlineData("ld.global.v4.b32 {%r8, %r9}, [%rd0];", "has 2 elements")]
    [InlineData("ld.global.b32 {%r8}, [%rd0];", "has 1 elements")]
    [InlineData("bra $nowhere;", "is $nowhere, which is no label")]
    [InlineData("@%r0 bra $here;\n$here:\nmov.b32 %r8, 1;", "the guard %r0 is no declared predicate", 1)]
    [InlineData("add.s32 %r8, %r0, %r40;", "%r40 is not written on every way there")]
    [InlineData("setp.eq.s32 %p1, %r0, 0;\n@%p1 mov.b32 %r40, 1;\nadd.s32 %r8, %r0, %r40;", "%r40 is not written on every way there")]
    [InlineData("setp.eq.s32 %p1, %r0, 0;\n@%p1 bra $skip;\nmov.b32 %r40, 1;\n$skip:\nadd.s32 %r8, %r0, %r40;", "%r40 is not written on every way there")]
    [InlineData("$loop:\nadd.s32 %r8, %r0, %r40;\nmov.b32 %r40, 1;\nsetp.eq.s32 %p1, %r0, 0;\n@%p1 bra $loop;", "%r40 is not written on every way there", 2)]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f4, %f5, %f6, %f7}, {%r0, %r1, %r2, %r3}, {%r4, %r5}, {%f0, %f1, %f2, %f3};", "needs sm_80, and the module's target is sm_70")]
    [InlineData("setp.lt.s32 %p1, %r63, 16;\n@%p1 bra $skip;\nbar.sync 0;\n$skip:\nmov.b32 %r8, 1;", "a barrier that not all threads come to", 3)]
    [InlineData("mov.b32 %r9, %r63;\n$loop:\nbar.sync 0;\nadd.s32 %r9, %r9, 32;\nsetp.lt.s32 %p1, %r9, 100;\n@%p1 bra $loop;", "a barrier that not all threads come to", 3)]
    [InlineData("setp.lt.s32 %p1, %r63, 16;\n@%p1 bar.sync 0;", "a barrier under a guard that differs between threads")]
    [InlineData("bar.sync 1;", "barriers other than 0")]
    [InlineData("add.s32 %r8, %r0, [%r1];", "operand 3 is [%r1]")]
    public void Mistakes_are_reported_where_they_are(string body, string message, int line = 0)
    {
        string text = PtxLab.Module(body, 70);
        int first = text[..text.IndexOf(body, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        int expected = first + (line > 0 ? line - 1 : body.Count(c => c == '\n'));
        var mistake = Assert.Throws<PtxException>(() =>
        {
            PtxModule module = PtxParser.Parse(text);
            return new PtxProgram(module, module.Entries["lab"]);
        });
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(expected, mistake.Line);
    }

    [Theory]
    [InlineData("setp.eq.s32 %p1, %r0, 0;\n@%p1 mov.b32 %r40, 1;\n@!%p1 mov.b32 %r40, 2;\nadd.s32 %r8, %r0, %r40;")]
    [InlineData("setp.eq.s32 %p1, %r0, 0;\n@%p1 mov.b32 %r40, 1;\n@%p1 add.s32 %r8, %r0, %r40;")]
    [InlineData("setp.eq.s32 %p1, %r0, 0;\n@%p1 bra $a;\nmov.b32 %r40, 1;\nbra $b;\n$a:\nmov.b32 %r40, 2;\n$b:\nadd.s32 %r8, %r0, %r40;")]
    [InlineData("mov.u32 %r40, %ctaid.x;\n$loop:\nbar.sync 0;\nadd.s32 %r40, %r40, 1;\nsetp.lt.s32 %p1, %r40, 3;\n@%p1 bra $loop;")]
    [InlineData("setp.lt.s32 %p1, %r63, 16;\n@%p1 bra $skip;\nmov.b32 %r8, 1;\n$skip:\nbar.sync 0;")]
    [InlineData("ld.global.nc.L1::no_allocate.v4.b32 {%r8, %r9, %r10, %r11}, [%rd0];")]
    public void What_is_right_passes(string body) => Assert.Equal(32, PtxLab.Run(body, 32).Length);

    [Theory]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 32", "'32' where '64' is expected", 3)]
    [InlineData(".version 5.0\n.target sm_70\n.address_size 64", ".version 5.0: 6.0 or later is needed", 1)]
    [InlineData(".version 7.0\n.target gfx\n.address_size 64", ".target gfx: sm_ and a number are needed", 2)]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.global .u32 x;", "'.global' where a declaration is expected", 4)]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.entry a()\n{\n.reg .b32 %r<2>;\n.reg .f32 %r<3>;\nret;\n}", "register %r is declared twice", 7)]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.entry a()\n{\n$x:\n$x:\nret;\n}", "label $x stands twice", 7)]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.entry a()\n{\nret", "the module ends too early", 6)]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n/* a", "a comment has no end", 4)]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.entry a()\n{\nret;\n`", "'`' is no character of PTX", 7)]
    public void What_is_no_module_is_refused(string text, string message, int line)
    {
        var mistake = Assert.Throws<PtxException>(() => PtxParser.Parse(text));
        Assert.Equal((message, line), (mistake.Reason, mistake.Line));
    }
}
