using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>Threads of a warp together: branches, shuffles, matrices, and barriers of blocks.</summary>
public class PtxWarpTests
{
    [Fact]
    public void Lanes_part_and_meet_again()
    {
        // Collatz steps of each lane's number: every lane has a number of rounds of its own.
        uint[][] found = PtxLab.Run(
            """
            add.s32 %r1, %r0, 1;
            $loop:
            setp.eq.s32 %p1, %r1, 1;
            @%p1 bra $done;
            and.b32 %r2, %r1, 1;
            setp.ne.s32 %p2, %r2, 0;
            @%p2 bra $odd;
            shr.u32 %r1, %r1, 1;
            bra $next;
            $odd:
            mad.lo.s32 %r1, %r1, 3, 1;
            $next:
            add.s32 %r8, %r8, 1;
            bra $loop;
            $done:
            shfl.sync.bfly.b32 %r9, %r8, 1, 31, -1;
            """,
            64);
        uint[] expected = [.. Enumerable.Range(1, 64).Select(Steps)];
        Assert.Equal(expected, found.Select(each => each[0]));
        Assert.Equal(Enumerable.Range(0, 64).Select(thread => expected[thread ^ 1]), found.Select(each => each[1]));

        static uint Steps(int number)
        {
            uint steps = 0;
            for (; number != 1; steps++)
                number = number % 2 == 0 ? number / 2 : (3 * number) + 1;
            return steps;
        }
    }

    [Theory]
    [InlineData("bfly", 5, 31)]
    [InlineData("down", 3, 31)]
    [InlineData("up", 3, 0)]
    [InlineData("idx", 9, 31)]
    [InlineData("bfly", 4, 0x181F)]
    [InlineData("down", 2, 0x181F)]
    [InlineData("up", 2, 0x1800)]
    [InlineData("idx", 3, 0x181F)]
    public void Shuffles_stay_in_their_segments(string mode, int by, int control)
    {
        uint[][] found = PtxLab.Run($"shfl.sync.{mode}.b32 %r8|%p1, %r0, {by}, {control}, -1;\nselp.b32 %r9, 1, 0, %p1;", 32, t => (uint)(100 + t));
        int segment = control > 31 ? 8 : 32;
        for (int lane = 0; lane < 32; lane++)
        {
            int first = lane / segment * segment;
            int source = mode switch { "bfly" => lane ^ by, "down" => lane + by, "up" => lane - by, _ => first + (by % segment) };
            bool isInside = source >= first && source < first + segment;
            Assert.Equal((uint)(100 + (isInside ? source : lane)), found[lane][0]);
            Assert.Equal(isInside ? 1u : 0u, found[lane][1]);
        }
    }

    [Fact]
    public void A_shuffle_that_lanes_do_not_come_to_together_is_a_fault()
    {
        var fault = Assert.Throws<PtxFaultException>(() => PtxLab.Run(
            "setp.lt.s32 %p1, %r0, 7;\n@%p1 bra $skip;\nshfl.sync.bfly.b32 %r8, %r0, 1, 31, -1;\n$skip:\nmov.b32 %r9, 1;", 32));
        Assert.Contains("shfl.sync.bfly.b32 for lanes FFFFFFFF, but lanes FFFFFF80 are at it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Votes_reductions_and_returns()
    {
        uint[][] found = PtxLab.Run(
            "and.b32 %r1, %r0, 1;\nsetp.ne.s32 %p1, %r1, 0;\nvote.sync.ballot.b32 %r8, %p1, -1;\nredux.sync.add.s32 %r9, %r0, -1;\nredux.sync.max.s32 %r10, %r0, -1;", 32);
        Assert.All(found, each => Assert.Equal([0xAAAAAAAAu, 496u, 31u], each[..3]));

        // Threads that return early store nothing.
        found = PtxLab.Run("setp.lt.s32 %p1, %r0, 20;\nmov.b32 %r8, 5;\n@!%p1 ret;", 48);
        Assert.All(found[..20], each => Assert.Equal(5u, each[0]));
        Assert.All(found[20..], each => Assert.Equal(0xCDCDCDCDu, each[0]));
    }

    [Theory]
    [InlineData("f16", 16)]
    [InlineData("bf16", 16)]
    [InlineData("f16", 8)]
    public void Matrices_of_halves_multiply(string type, int depth)
    {
        var random = new Random(1);
        float[,] a = Random(16, depth), b = Random(depth, 8), c = Random(16, 8);
        uint[][] inputs = [.. Enumerable.Range(0, 32).Select(_ => new uint[8])];
        int left = depth == 16 ? 4 : 2;

        // The fragments as the manual's figures draw them: row and column of each element a lane holds.
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 2 * left; i++)
            {
                int row = (lane / 4) + (i % 4 < 2 ? 0 : 8), column = (lane % 4 * 2) + (i % 2) + (i < 4 ? 0 : 8);
                inputs[lane][i / 2] |= Narrow(a[row, column]) << (16 * (i % 2));
            }

            for (int i = 0; i < left; i++)
                inputs[lane][4 + (i / 2)] |= Narrow(b[(lane % 4 * 2) + (i % 2) + (i < 2 ? 0 : 8), lane / 4]) << (16 * (i % 2));
        }

        string fragments = depth == 16 ? "{%r0, %r1, %r2, %r3}, {%r4, %r5}" : "{%r0, %r1}, {%r4}";
        uint[][] found = PtxLab.Run(
            $$"""
            mov.f32 %f0, 0f3F800000;
            mov.f32 %f1, 0f40000000;
            mov.f32 %f2, 0f40400000;
            mov.f32 %f3, 0f40800000;
            mma.sync.aligned.m16n8k{{depth}}.row.col.f32.{{type}}.{{type}}.f32 {%f4, %f5, %f6, %f7}, {{fragments}}, {%f0, %f1, %f2, %f3};
            mov.b32 %r8, %f4;
            mov.b32 %r9, %f5;
            mov.b32 %r10, %f6;
            mov.b32 %r11, %f7;
            """,
            inputs);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = (lane / 4) + (8 * (i / 2)), column = (lane % 4 * 2) + (i % 2);
                double sum = i + 1;
                for (int k = 0; k < depth; k++)
                    sum += (double)a[row, k] * b[k, column];
                Assert.Equal((float)sum, PtxLab.Float(found[lane][i]), 1e-4f);
            }
        }

        // Small integers: exact in both types.
        float[,] Random(int rows, int columns)
        {
            var values = new float[rows, columns];
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                    values[row, column] = random.Next(-8, 9);
            }

            return values;
        }

        uint Narrow(float value) => type == "f16" ? BitConverter.HalfToUInt16Bits((Half)value) : PtxLab.Bits(value) >> 16;
    }

    [Theory]
    [InlineData("s8", "s8")]
    [InlineData("s8", "u8")]
    [InlineData("u8", "s8")]
    public void Matrices_of_bytes_multiply(string left, string right)
    {
        var random = new Random(2);
        var a = new int[16, 32];
        var b = new int[32, 8];
        foreach ((int[,] matrix, string type) in new[] { (a, left), (b, right) })
        {
            for (int i = 0; i < matrix.Length; i++)
                matrix[i / matrix.GetLength(1), i % matrix.GetLength(1)] = type == "s8" ? random.Next(-128, 128) : random.Next(256);
        }

        uint[][] inputs = [.. Enumerable.Range(0, 32).Select(_ => new uint[8])];
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 16; i++)
            {
                int row = (lane / 4) + (i % 8 < 4 ? 0 : 8), column = (lane % 4 * 4) + (i % 4) + (i < 8 ? 0 : 16);
                inputs[lane][i / 4] |= (uint)(byte)a[row, column] << (8 * (i % 4));
            }

            for (int i = 0; i < 8; i++)
                inputs[lane][4 + (i / 4)] |= (uint)(byte)b[(lane % 4 * 4) + (i % 4) + (i < 4 ? 0 : 16), lane / 4] << (8 * (i % 4));
        }

        uint[][] found = PtxLab.Run(
            $"mma.sync.aligned.m16n8k32.row.col.s32.{left}.{right}.s32 {{%r8, %r9, %r10, %r11}}, {{%r0, %r1, %r2, %r3}}, {{%r4, %r5}}, {{%r8, %r9, %r10, %r11}};", inputs);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = (lane / 4) + (8 * (i / 2)), column = (lane % 4 * 2) + (i % 2);
                Assert.Equal(Enumerable.Range(0, 32).Sum(k => a[row, k] * b[k, column]), (int)found[lane][i]);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".trans")]
    public void Matrices_load_from_shared_memory(string transposed)
    {
        // Four 8 x 8 matrices of numbers 0 to 255, row after row; each lane stores eight and points at one row.
        uint[][] found = PtxLab.Run(
            $$"""
            mov.u32 %r16, shared;
            shl.b32 %r17, %r63, 4;
            add.s32 %r17, %r16, %r17;
            shl.b32 %r18, %r63, 3;
            mad.lo.s32 %r19, %r18, 65537, 65536;
            st.shared.b32 [%r17], %r19;
            add.s32 %r19, %r19, 131074;
            st.shared.b32 [%r17+4], %r19;
            add.s32 %r19, %r19, 131074;
            st.shared.b32 [%r17+8], %r19;
            add.s32 %r19, %r19, 131074;
            st.shared.b32 [%r17+12], %r19;
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x4{{transposed}}.shared.b16 {%r8, %r9, %r10, %r11}, [%r17];
            """,
            32, null, 512);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                uint row = (uint)(lane / 4), column = (uint)(2 * (lane % 4)), first = (uint)(64 * i);
                uint low = transposed.Length > 0 ? first + (8 * column) + row : first + (8 * row) + column;
                uint high = transposed.Length > 0 ? low + 8 : low + 1;
                Assert.Equal(low | (high << 16), found[lane][i]);
            }
        }
    }
}
