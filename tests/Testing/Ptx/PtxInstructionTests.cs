using KernelFoundry.Compiler.Targets.Ptx;
using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>What instructions give, against values from the manual and from arithmetic done another way.</summary>
public class PtxInstructionTests
{
    [Fact]
    public void Every_instruction_that_is_rendered_is_known() =>
        Assert.DoesNotContain(PtxInstructions.All.Select(form => form.Opcode), opcode => PtxOperations.Find(opcode) is null);

    [Theory]
    [InlineData("add.s32", 0x7FFFFFFFu, 1u, 0x80000000u)]
    [InlineData("sub.s32", 0u, 1u, 0xFFFFFFFFu)]
    [InlineData("mul.lo.s32", 0x10001u, 0x10001u, 0x20001u)]
    [InlineData("mul.hi.s32", 0xFFFFFFFFu, 5u, 0xFFFFFFFFu)]
    [InlineData("mul.hi.u32", 0xFFFFFFFFu, 5u, 4u)]
    [InlineData("div.s32", 0xFFFFFFF9u, 2u, 0xFFFFFFFDu)]
    [InlineData("div.s32", 0x80000000u, 0xFFFFFFFFu, 0x80000000u)]
    [InlineData("div.u32", 0xFFFFFFF9u, 2u, 0x7FFFFFFCu)]
    [InlineData("rem.s32", 0xFFFFFFF9u, 2u, 0xFFFFFFFFu)]
    [InlineData("rem.u32", 7u, 4u, 3u)]
    [InlineData("min.s32", 0xFFFFFFFFu, 1u, 0xFFFFFFFFu)]
    [InlineData("min.u32", 0xFFFFFFFFu, 1u, 1u)]
    [InlineData("max.s32", 0xFFFFFFFFu, 1u, 1u)]
    [InlineData("max.u32", 0xFFFFFFFFu, 1u, 0xFFFFFFFFu)]
    [InlineData("and.b32", 12u, 10u, 8u)]
    [InlineData("or.b32", 12u, 10u, 14u)]
    [InlineData("xor.b32", 12u, 10u, 6u)]
    [InlineData("shl.b32", 1u, 31u, 0x80000000u)]
    [InlineData("shl.b32", 1u, 32u, 0u)]
    [InlineData("shr.s32", 0x80000000u, 40u, 0xFFFFFFFFu)]
    [InlineData("shr.u32", 0x80000000u, 31u, 1u)]
    [InlineData("shr.u32", 0x80000000u, 32u, 0u)]
    public void Integers_of_two_operands(string opcode, uint a, uint b, uint expected) =>
        Assert.Equal(expected, PtxLab.One($"{opcode} %r8, %r0, %r1;", a, b)[0]);

    [Theory]
    [InlineData("mad.lo.s32", 3u, 4u, 0xFFFFFFFFu, 11u)]
    [InlineData("prmt.b32", 0x33221100u, 0x77665544u, 0x7250u, 0x77225500u)]
    [InlineData("prmt.b32", 0x00008000u, 0u, 0x9999u, 0xFFFFFFFFu)]
    [InlineData("prmt.b32", 0x00007F00u, 0u, 0x9999u, 0u)]
    [InlineData("bfe.s32", 0x00000F00u, 8u, 4u, 0xFFFFFFFFu)]
    [InlineData("bfe.u32", 0x00000F00u, 8u, 4u, 15u)]
    [InlineData("bfe.u32", 0xFFFFFFFFu, 30u, 8u, 3u)]
    [InlineData("bfe.s32", 0x80000000u, 30u, 8u, 0xFFFFFFFEu)]
    [InlineData("dp4a.s32.s32", 0xFF027F80u, 0x01FF7F80u, 10u, 32520u)]
    [InlineData("dp4a.u32.u32", 0xFF000001u, 0x02000003u, 1u, 514u)]
    [InlineData("dp4a.u32.s32", 0xFF000001u, 0xFF000003u, 0u, 0xFFFFFF04u)]
    public void Integers_of_three_operands(string opcode, uint a, uint b, uint c, uint expected) =>
        Assert.Equal(expected, PtxLab.One($"{opcode} %r8, %r0, %r1, %r2;", a, b, c)[0]);

    [Theory]
    [InlineData("neg.s32", 5u, 0xFFFFFFFBu)]
    [InlineData("abs.s32", 0xFFFFFFFBu, 5u)]
    [InlineData("not.b32", 0u, 0xFFFFFFFFu)]
    [InlineData("popc.b32", 0xF0F0u, 8u)]
    [InlineData("clz.b32", 1u, 31u)]
    public void Integers_of_one_operand(string opcode, uint a, uint expected) => Assert.Equal(expected, PtxLab.One($"{opcode} %r8, %r0;", a)[0]);

    // NaN, infinities, zeros of both signs, subnormals and ties, each with each.
    [Theory]
    [InlineData("add.rn.f32")]
    [InlineData("sub.rn.f32")]
    [InlineData("mul.rn.f32")]
    [InlineData("div.rn.f32")]
    [InlineData("min.f32")]
    [InlineData("max.f32")]
    public void Floats_of_two_operands(string opcode)
    {
        float[] values = [0, -0f, 1, -1, 3, 1e-40f, -1e-40f, 1e38f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.1f];
        foreach (float a in values)
        {
            foreach (float b in values)
            {
                // In double precision and rounded: correct for these four operations. Of min and max the ISA says -0 is below +0, and a number beats a NaN.
                float expected = opcode[..3] switch
                {
                    "add" => (float)((double)a + b),
                    "sub" => (float)((double)a - b),
                    "mul" => (float)((double)a * b),
                    "div" => (float)((double)a / b),
                    "min" => float.IsNaN(a) ? b : float.IsNaN(b) ? a : a < b || (a == b && float.IsNegative(a)) ? a : b,
                    _ => float.IsNaN(a) ? b : float.IsNaN(b) ? a : a > b || (a == b && float.IsPositive(a)) ? a : b,
                };
                float found = PtxLab.Float(PtxLab.One($"mov.b32 %f0, %r0;\nmov.b32 %f1, %r1;\n{opcode} %f2, %f0, %f1;\nmov.b32 %r8, %f2;", PtxLab.Bits(a), PtxLab.Bits(b))[0]);
                Assert.True(expected.Equals(found) && (float.IsNaN(expected) || float.IsNegative(expected) == float.IsNegative(found)), $"{opcode} {a} {b}: {found}, not {expected}");
            }
        }
    }

    [Theory]
    [InlineData("cvt.rzi.s32.f32", 2.9f, 2u)]
    [InlineData("cvt.rzi.s32.f32", -2.9f, 0xFFFFFFFEu)]
    [InlineData("cvt.rzi.s32.f32", 1e20f, 0x7FFFFFFFu)]
    [InlineData("cvt.rzi.s32.f32", -1e20f, 0x80000000u)]
    [InlineData("cvt.rzi.s32.f32", float.NaN, 0u)]
    [InlineData("cvt.rzi.u32.f32", -1f, 0u)]
    [InlineData("cvt.rzi.u32.f32", 4e9f, 4000000000u)]
    [InlineData("cvt.rzi.u32.f32", 1e20f, 0xFFFFFFFFu)]
    public void Floats_to_integers(string opcode, float a, uint expected) =>
        Assert.Equal(expected, PtxLab.One($"mov.b32 %f0, %r0;\n{opcode} %r8, %f0;", PtxLab.Bits(a))[0]);

    [Theory]
    [InlineData("cvt.rmi.f32.f32", -2.5f, -3f)]
    [InlineData("cvt.rni.f32.f32", 2.5f, 2f)]
    [InlineData("cvt.rni.f32.f32", 3.5f, 4f)]
    [InlineData("sqrt.rn.f32", 2f, 1.41421356f)]
    [InlineData("rcp.rn.f32", 3f, 0.333333343f)]
    [InlineData("neg.f32", 3f, -3f)]
    [InlineData("abs.f32", -3f, 3f)]
    public void Floats_of_one_operand(string opcode, float a, float expected) =>
        Assert.Equal(PtxLab.Bits(expected), PtxLab.One($"mov.b32 %f0, %r0;\n{opcode} %f1, %f0;\nmov.b32 %r8, %f1;", PtxLab.Bits(a))[0]);

    [Fact]
    public void Halves_round_to_even()
    {
        // 1 + 2^-11 lies halfway between 1 and the next half; 1 + 3 * 2^-11 between two others.
        Assert.Equal(0x3C00u, Half(1.00048828125f));
        Assert.Equal(0x3C02u, Half(1.00146484375f));
        Assert.Equal(0x7C00u, Half(70000f));
        Assert.Equal(0x0001u, Half(5.9604645e-8f));

        static uint Half(float value) => PtxLab.One(
            "mov.b32 %f0, %r0;\ncvt.rn.f16.f32 %h1, %f0;\ncvt.u32.u16 %r8, %h1;\ncvt.f32.f16 %f1, %h1;\nmov.b32 %r9, %f1;", PtxLab.Bits(value))[0];
    }

    [Fact]
    public void Approximations_are_off_but_not_by_more_than_the_isa_allows()
    {
        int different = 0;
        for (int i = 1; i < 200; i++)
        {
            float a = (i * 0.173f) - 17f;
            float found = PtxLab.Float(PtxLab.One("mov.b32 %f0, %r0;\nex2.approx.f32 %f1, %f0;\nmov.b32 %r8, %f1;", PtxLab.Bits(a))[0]);
            double exact = Math.Pow(2, a);
            Assert.True(Math.Abs(found - exact) <= exact * Math.Pow(2, -21.5), $"2^{a} = {found}");
            different += found == (float)exact ? 0 : 1;
        }

        Assert.True(different > 50);
    }

    [Theory]
    [InlineData("eq", false)]
    [InlineData("ne", false)]
    [InlineData("lt", false)]
    [InlineData("ge", false)]
    [InlineData("neu", true)]
    [InlineData("ltu", true)]
    [InlineData("geu", true)]
    [InlineData("nan", true)]
    [InlineData("num", false)]
    public void Comparisons_with_a_NaN(string comparison, bool expected) => Assert.Equal(
        expected ? 1u : 0u,
        PtxLab.One($"mov.b32 %f0, %r0;\nsetp.{comparison}.f32 %p1, %f0, 0f3F800000;\nselp.b32 %r8, 1, 0, %p1;", PtxLab.Bits(float.NaN))[0]);

    [Fact]
    public void Addresses_are_of_64_bits()
    {
        uint[] found = PtxLab.One(
            """
            mul.wide.s32 %rd3, %r0, 65536;
            mad.wide.s32 %rd4, %r0, %r1, %rd3;
            shl.b64 %rd5, %rd4, 1;
            st.global.b64 [%rd1], %rd5;
            ld.global.v2.b32 {%r8, %r9}, [%rd1];
            cvt.s64.s32 %rd6, %r0;
            mul.lo.s64 %rd7, %rd6, 3;
            div.s64 %rd8, %rd7, 2;
            cvt.u32.u64 %r10, %rd8;
            """,
            0xFFFFFFFFu, 7u);
        long expected = 2 * (-65536L - 7);
        Assert.Equal([(uint)expected, (uint)(expected >> 32), unchecked((uint)-1)], found[..3]);
    }

    [Fact]
    public void Narrow_loads_extend_and_narrow_stores_cut()
    {
        uint[] found = PtxLab.One(
            """
            ld.global.u8 %r8, [%rd0];
            ld.global.s8 %r9, [%rd0];
            ld.global.u16 %r10, [%rd0];
            ld.global.s16 %r11, [%rd0];
            st.global.b8 [%rd1], %r1;
            st.global.b16 [%rd1+2], %r1;
            ld.global.b32 %r12, [%rd1];
            """,
            0x8281u, 0x12345678u);
        Assert.Equal([0x81u, 0xFFFFFF81u, 0x8281u, 0xFFFF8281u], found[..4]);
        Assert.Equal(0x56780000u | 0xCD00u | 0x78u, found[4]);
    }

    [Fact]
    public void Atomic_updates_take_turns()
    {
        // Each thread adds its number to the first thread's word and gets what was there before.
        uint[][] found = PtxLab.Run("ld.param.u64 %rd5, [in];\natom.global.add.u32 %r8, [%rd5], %r63;", 40, _ => 100);
        uint expected = 100;
        for (int thread = 0; thread < 40; thread++)
        {
            Assert.Equal(expected, found[thread][0]);
            expected += (uint)thread;
        }
    }
}
