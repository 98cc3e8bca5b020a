using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>Shared memory: barriers, races, bounds, and copies under way.</summary>
public class PtxSharedTests
{
    private const string Address = "mov.u32 %r16, shared;\nshl.b32 %r17, %r63, 2;\nadd.s32 %r17, %r16, %r17;\n";

    [Fact]
    public void Threads_exchange_across_a_barrier()
    {
        uint[][] found = PtxLab.Run(
            Address + "st.shared.b32 [%r17], %r0;\nbar.sync 0;\nxor.b32 %r18, %r17, 128;\nld.shared.b32 %r8, [%r18];", 64, t => (uint)(t * t), 256);
        Assert.Equal(Enumerable.Range(0, 64).Select(t => (uint)((t ^ 32) * (t ^ 32))), found.Select(each => each[0]));
    }

    [Theory]
    [InlineData("st.shared.b32 [%r17], %r0;\nbar.sync 0;\nst.shared.b32 [%r17], %r0;\nxor.b32 %r18, %r17, 128;\nld.shared.b32 %r8, [%r18];", "thread 32 of block (0, 0, 0) writes shared memory at 128, which thread 0 has read since the last barrier")]
    [InlineData("st.shared.b32 [%r17], %r0;\nxor.b32 %r18, %r17, 128;\nld.shared.b32 %r8, [%r18];", "thread 0 of block (0, 0, 0) reads shared memory at 128, which no thread of the block has written")]
    [InlineData("st.shared.b32 [%r17], %r0;\nxor.b32 %r18, %r17, 4;\nld.shared.b32 %r8, [%r18];", "which thread 1 has written since the last barrier")]
    [InlineData("st.shared.b32 [%r16], %r0;", "writes shared memory at 0, which thread 0 has written")]
    [InlineData("st.shared.b32 [%r17], %r0;\nbar.sync 0;\nld.shared.b32 %r8, [%r16];\nst.shared.b32 [%r17], %r0;", "writes shared memory at 0, which other threads have read")]
    [InlineData("ld.shared.b32 %r8, [%r17];", "reads shared memory at 0, which no thread of the block has written")]
    [InlineData("st.shared.b32 [%r17+4], %r0;", "write of 4 bytes of shared memory at 256, and the block has 256")]
    [InlineData("st.shared.b32 [%r17-4], %r0;", "write of 4 bytes of shared memory at -4")]
    [InlineData("st.shared.b32 [%r17+2], %r0;", "at 2, which is not aligned")]
    [InlineData("setp.lt.u32 %p1, %r0, 32;\n@%p1 bra $skip;\nbar.sync 0;\n$skip:\nmov.b32 %r8, 1;", "some threads wait at a barrier that others never come to")]
    [InlineData("setp.lt.u32 %p1, %r0, 7;\n@%p1 bra $skip;\nbar.sync 0;\n$skip:\nmov.b32 %r8, 1;", "other threads of its warp do not")]
    public void Mistakes_are_faults(string body, string message) =>
        Assert.Contains(message, Assert.Throws<PtxFaultException>(() => PtxLab.Run(Address + body, 64, null, 256)).Message, StringComparison.Ordinal);

    [Fact]
    public void Lanes_that_meet_as_a_warp_need_no_barrier_of_the_block()
    {
        const string Exchange = "xor.b32 %r18, %r17, 4;\nld.shared.b32 %r8, [%r18];";
        uint[][] found = PtxLab.Run(Address + "st.shared.b32 [%r17], %r0;\nbar.warp.sync -1;\n" + Exchange, 64, null, 256);
        Assert.Equal(Enumerable.Range(0, 64).Select(t => (uint)(t ^ 1)), found.Select(each => each[0]));

        // Of another warp they know nothing.
        Assert.Throws<PtxFaultException>(() => PtxLab.Run(
            Address + "st.shared.b32 [%r17], %r0;\nbar.warp.sync -1;\nxor.b32 %r18, %r17, 128;\nld.shared.b32 %r8, [%r18];", 64, null, 256));
    }

    [Fact]
    public void Copies_are_there_when_they_have_been_waited_for()
    {
        const string Copy = "mov.u32 %r16, shared;\nshl.b32 %r17, %r63, 4;\nadd.s32 %r17, %r16, %r17;\ncp.async.cg.shared.global [%r17], [%rd0], 16;\ncp.async.commit_group;\n";
        uint[][] found = PtxLab.Run(Copy + "cp.async.wait_group 0;\nbar.sync 0;\nld.shared.v2.b32 {%r8, %r9}, [%r17];", 32, t => (uint)(t + 7), 512);
        Assert.Equal(Enumerable.Range(7, 32).Select(t => (uint)t), found.Select(each => each[0]));
        Assert.Contains(
            "where a copy of thread 0 is under way that has not been waited for",
            Assert.Throws<PtxFaultException>(() => PtxLab.Run(Copy + "cp.async.wait_group 1;\nbar.sync 0;\nld.shared.b32 %r8, [%r17];", 32, null, 512)).Message,
            StringComparison.Ordinal);

        // Without the barrier, or before it, another thread's copy is not there; and what others read since the last barrier must not be overwritten.
        const string Other = "xor.b32 %r18, %r17, 16;\nld.shared.b32 %r8, [%r18];\n", Written = "mov.u32 %r16, shared;\nshl.b32 %r17, %r63, 4;\nadd.s32 %r17, %r16, %r17;\nst.shared.v4.b32 [%r17], {%r0, %r0, %r0, %r0};\n";
        Faults("since the last barrier", Copy + "cp.async.wait_all;\n" + Other);
        Faults("since the last barrier", Written + "bar.sync 0;\n" + Other + Copy);
        Faults("is under way", Written + "bar.sync 0;\n" + Copy + "bar.sync 0;\n" + Other);
        Faults("is under way", Copy + "bar.sync 0;\n" + Copy);

        void Faults(string message, string body) =>
            Assert.Contains(message, Assert.Throws<PtxFaultException>(() => PtxLab.Run(body, 64, null, 1024)).Message, StringComparison.Ordinal);

        // What lies beyond the source's bytes is zero.
        found = PtxLab.Run(
            Copy.Replace(", 16;", ", 16, 4;", StringComparison.Ordinal) + "cp.async.wait_all;\nbar.sync 0;\nld.shared.v2.b32 {%r8, %r9}, [%r17];",
            [.. Enumerable.Range(0, 32).Select(t => new uint[] { 5, 6, 7, 8, 0, 0, 0, 0 })], 512);
        Assert.All(found, each => Assert.Equal([5u, 0u], each[..2]));
    }

    [Theory]
    [InlineData("ld.global.b32 %r8, [%rd0+2048];", "4 bytes of global memory at")]
    [InlineData("ld.global.b32 %r8, [%rd0+2];", "which is not aligned")]
    [InlineData("st.global.b32 [%rd0-4], %r0;", "global memory at")]
    [InlineData("mov.b64 %rd5, 0;\nld.global.b32 %r8, [%rd5];", "where nothing is allocated")]
    public void Global_memory_has_bounds(string body, string message)
    {
        string found = Assert.Throws<PtxFaultException>(() => PtxLab.Run(body, 64)).Message;
        Assert.Contains(message, found, StringComparison.Ordinal);
        Assert.Contains("thread 0 of block (0, 0, 0)", found, StringComparison.Ordinal);
        Assert.Contains("(line ", found, StringComparison.Ordinal);
    }
}
