using KernelFoundry.Testing;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Tests;

/// <summary>The CUDA device over an emulated driver, which holds it to the driver's rules.</summary>
public unsafe class CudaDeviceTests
{
    private readonly EmulatedCudaDriver driver = new(new EmulatedGpu("Small", 75), new EmulatedGpu("Large", 90) { Multiprocessors = 132, SharedBytes = 227 << 10 });

    [Fact]
    public void What_a_device_is_comes_from_the_driver()
    {
        using Device device = Open(1);
        Assert.Equal(DeviceKind.Cuda, device.Kind);
        Assert.Equal("Large", device.Name);
        Assert.Equal(new Version(9, 0), device.Info.ComputeCapability);
        Assert.Equal(132, device.Info.ComputeUnits);
        Assert.Equal(1_500_000_000, device.Info.ClockHertz);
        Assert.Equal(227 << 10, device.Info.LocalMemoryBytes);
        Assert.Equal(8L << 30, device.Info.MemoryBytes);
        Assert.Equal(1024, device.Info.MaxWorkGroup);
        Assert.True(device.Info.IsAccelerator);
        Assert.Equal("Cuda: Large (132 compute units, 8192 MiB, CUDA 12.4, compute capability 9.0)", device.Info.ToString());
    }

    [Theory]
    [InlineData(61, 0, "compute capability 6.1, and 7.0 is needed")]
    [InlineData(90, 2, "compute mode is 'prohibited'")]
    public void A_device_that_cannot_be_used_says_why(int target, int computeMode, string reason)
    {
        var old = new EmulatedCudaDriver(new EmulatedGpu("Old", target) { ComputeMode = computeMode });
        DeviceInfo info = Assert.Single(CudaPlatform.DevicesOf(old)).Info;
        Assert.False(info.IsAvailable);
        Assert.Contains(reason, info.Unavailable, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<DeviceException>(() => EmulatedCuda.Open(old, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_without_devices_is_no_error() => Assert.Empty(CudaPlatform.DevicesOf(new EmulatedCudaDriver()));

    [Fact]
    public void Arguments_arrive_as_the_contract_says()
    {
        using Device device = Open();
        KernelVariantSet kernel = ProbeKernel.Cuda(
            PtxText.Entry(
                "args",
                ".u64 x, .u32 x_e0, .u32 x_e1, .u32 x_e2, .u64 x_s0, .u64 x_s1, .u64 y, .u32 y_e0, .f32 f, .u32 i, .u32 u, .u32 b, .u32 t",
                """
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [y];
                ld.param.u64 %rd3, [x_s0];
                ld.param.u64 %rd4, [x_s1];
                add.s64 %rd5, %rd3, %rd4;
                shl.b64 %rd6, %rd5, 2;
                add.s64 %rd7, %rd1, %rd6;
                ld.global.f32 %f1, [%rd7+4];
                st.global.f32 [%rd2], %f1;
                ld.param.f32 %f2, [f];
                st.global.f32 [%rd2+4], %f2;
                ld.param.u32 %r1, [x_e0];
                st.global.b32 [%rd2+8], %r1;
                ld.param.u32 %r2, [x_e1];
                st.global.b32 [%rd2+12], %r2;
                ld.param.u32 %r3, [x_e2];
                st.global.b32 [%rd2+16], %r3;
                ld.param.u32 %r4, [i];
                st.global.b32 [%rd2+20], %r4;
                ld.param.u32 %r5, [u];
                st.global.b32 [%rd2+24], %r5;
                ld.param.u32 %r6, [b];
                st.global.b32 [%rd2+28], %r6;
                ld.param.u32 %r7, [t];
                st.global.b32 [%rd2+32], %r7;
                ld.param.u32 %r8, [y_e0];
                st.global.b32 [%rd2+36], %r8;
                ret;
                """),
            "args",
            &ProbeKernel.OneProgram);
        View3<float> x = device.Upload<float>([.. Enumerable.Range(0, 4 * 5 * 6).Select(i => (float)i)], 4, 5, 6).Slice(0, 1, 2).Slice(1, 2, 3).Slice(2, 3, 2);
        View1<int> y = device.Allocate<int>(12).Slice(2, 10);
        var arguments = new KernelArguments();
        arguments.Add(x);
        arguments.Add(y);
        arguments.Add(0.5f);
        arguments.Add(-7);
        arguments.Add(uint.MaxValue);
        arguments.Add(true);
        arguments.AddSpecialized(9);
        KernelVariantSet specialized = new(kernel.Kernel, "", [new KernelVariant { TypeKey = "", Specialized = [null], MakeCuda = kernel.Variants[0].MakeCuda }]);
        device.Launch(specialized, ref arguments);

        float element = (2 * 30) + (3 * 6) + 4;
        Assert.Equal([BitConverter.SingleToInt32Bits(element), BitConverter.SingleToInt32Bits(0.5f), 2, 3, 2, -7, -1, 1, 9, 10], y.ToArray());
    }

    [Fact]
    public void Programs_are_blocks_and_threads_lanes()
    {
        using Device device = Open();
        View1<float> x = device.Upload<float>([.. Enumerable.Range(0, 1000).Select(i => (float)i)]);
        View1<float> y = device.Allocate<float>(1000);
        Scale(device, x, y, 3);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (3f * i) + 1), y.ToArray());
    }

    [Fact]
    public void Memory_is_zeroed_reached_by_copies_alone_and_of_any_length()
    {
        using Device device = Open();
        Assert.Equal(new int[1000], device.Allocate<int>(1000).ToArray());
        Assert.Empty(device.Allocate<int>(0).ToArray());
        View2<float> x = device.Upload<float>([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2f, 3, 5, 6], x.Slice(1, 1, 2).ToArray());
        Assert.Contains("CopyFrom and CopyTo", Assert.Throws<InvalidOperationException>(() => x.Load(0, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => device.Pin(new float[1]));

        // More than the ring that copies go through holds.
        byte[] bytes = new byte[(9 << 20) + 17];
        new Random(1).NextBytes(bytes);
        View1<byte> large = device.Upload<byte>(bytes);
        Assert.True(bytes.AsSpan().SequenceEqual(large.ToArray()));
        Assert.True(bytes.AsSpan(5, 5 << 20).SequenceEqual(large.Slice(5, 5 << 20).ToArray()));
    }

    [Fact]
    public void A_written_span_may_be_reused_at_once()
    {
        using Device device = Open();
        View1<int> y = device.Allocate<int>(3 << 20);
        int[] values = [.. Enumerable.Range(0, 3 << 20)];
        y.CopyFrom(values);
        Array.Clear(values);
        Assert.Equal(Enumerable.Range(0, 3 << 20), y.ToArray());
    }

    [Fact]
    public void A_module_that_does_not_compile_comes_with_the_compilers_log()
    {
        using Device device = Open();
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Entry("broken", "", "add.s32 %r1, %r2, %q3;\nret;"), "broken", &ProbeKernel.OneProgram);
        DeviceException error = Assert.Throws<DeviceException>(() => Launch(device, kernel));
        Assert.Equal(kernel.Kernel.Name, error.Kernel);
        Assert.Contains("%q3", error.Log, StringComparison.Ordinal);
        Assert.Contains("CUDA_ERROR_INVALID_PTX (218)", error.Message, StringComparison.Ordinal);
        Assert.Contains("(sm_70)", error.Message, StringComparison.Ordinal);
        Assert.Contains(kernel.Kernel.Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_entry_point_is_named()
    {
        using Device device = Open();
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Entry("other", "", "ret;"), "wanted", &ProbeKernel.OneProgram);
        Assert.Contains("no entry point wanted", Assert.Throws<DeviceException>(() => Launch(device, kernel)).Message, StringComparison.Ordinal);
        Assert.Equal(0, driver.Open<EmulatedModule>());
    }

    [Fact]
    public void A_wrong_number_of_arguments_is_an_error()
    {
        using Device device = Open();
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Entry("takes", ".u32 a, .u32 b, .u64 c", "ret;"), "takes", &ProbeKernel.OneProgram);
        Assert.Contains("with 0 arguments", Assert.Throws<DeviceException>(() => Launch(device, kernel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_told_with_the_numbers()
    {
        using Device device = Open();
        string source = PtxText.Entry("big", "", "ret;");
        Refused(&Threads, "blocks of 2000 threads", "allows 1024", "smaller WorkGroup");
        Refused(&Shared, $"{1L << 40} bytes of shared memory", $"has {device.Info.LocalMemoryBytes}");
        Refused(&Grid, "grid of 1x70000x1", "65535 programs along axes 1 and 2");

        void Refused(delegate*<long*, LaunchShape*, void> plan, params string[] parts)
        {
            string message = Assert.Throws<DeviceException>(() => Launch(device, ProbeKernel.Cuda(source, "big", plan))).Message;
            Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        }

        static void Threads(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->WorkGroup = 2000;
        }

        static void Shared(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->LocalBytes = 1L << 40;
        }

        static void Grid(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->Grid1 = 70_000;
        }
    }

    [Fact]
    public void Shared_memory_above_48_KiB_is_asked_for_once()
    {
        using Device device = Open(1);
        KernelVariantSet kernel = ProbeKernel.Cuda(
            PtxText.Entry("wide", ".u64 y, .u32 y_e0", """
                ld.param.u64 %rd1, [y];
                mov.u32 %r1, shared;
                st.shared.b32 [%r1+203996], 7;
                ld.shared.b32 %r2, [%r1+203996];
                st.global.b32 [%rd1], %r2;
                ret;
                """, hasShared: true),
            "wide",
            &Wide);
        View1<int> y = device.Allocate<int>(1);
        for (int i = 0; i < 3; i++)
        {
            var arguments = new KernelArguments();
            arguments.Add(y);
            device.Launch(kernel, ref arguments);
        }

        Assert.Equal([7], y.ToArray());
        Assert.Equal(1, driver.Calls[nameof(ICudaDriver.FuncSetAttribute)]);

        static void Wide(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->LocalBytes = 204_000;
        }
    }

    [Theory]
    [InlineData(0, 75)]
    [InlineData(1, 80)]
    public void A_device_takes_the_newest_module_it_can_run(int ordinal, int expected)
    {
        using Device device = Open(ordinal);
        KernelVariantSet kernel = ProbeKernel.Cuda([.. new[] { 80, 70, 100, 75 }.Select(target => new CudaCode(
            target, PtxText.Entry("say", ".u64 y, .u32 y_e0", $"ld.param.u64 %rd1, [y];\nst.global.b32 [%rd1], {target};\nret;", target), "say", &ProbeKernel.OneProgram))]);
        View1<int> y = device.Allocate<int>(1);
        var arguments = new KernelArguments();
        arguments.Add(y);
        device.Launch(kernel, ref arguments);
        Assert.Equal([expected], y.ToArray());
    }

    // One for a capability alone is for devices of exactly that, whose driver knows such modules.
    [Theory]
    [InlineData(80, 12040, 80)]
    [InlineData(89, 12040, 80)]
    [InlineData(90, 12040, 90)]
    [InlineData(90, 11080, 80)]
    [InlineData(100, 12080, 80)]
    [InlineData(120, 12080, 80)]
    public void A_module_for_one_capability_runs_on_no_other(int target, int version, int expected)
    {
        using CudaDevice device = EmulatedCuda.Open(new EmulatedCudaDriver(new EmulatedGpu("One", target)) { Version = version }, 0);
        string Source(int module) =>
            PtxText.Entry("say", ".u64 y, .u32 y_e0", $"ld.param.u64 %rd1, [y];\nst.global.b32 [%rd1], {module};\nret;", module)
                .Replace(".target sm_90", ".target sm_90a", StringComparison.Ordinal);
        KernelVariantSet kernel = ProbeKernel.Cuda(
            new CudaCode(70, Source(70), "say", &ProbeKernel.OneProgram), new CudaCode(80, Source(80), "say", &ProbeKernel.OneProgram),
            new CudaCode(90, Source(90), "say", &ProbeKernel.OneProgram) { IsSpecific = true });
        View1<int> y = device.Allocate<int>(1);
        var arguments = new KernelArguments();
        arguments.Add(y);
        device.Launch(kernel, ref arguments);
        Assert.Equal([expected], y.ToArray());
    }

    [Fact]
    public void A_variant_without_a_module_for_the_device_is_an_error()
    {
        using Device device = Open();
        var newer = Assert.Throws<KernelNotCompiledException>(() => Launch(device, ProbeKernel.Cuda(
            new CudaCode(80, PtxText.Entry("say", "", "ret;", 80), "say", &ProbeKernel.OneProgram))));
        Assert.Contains("has PTX for sm_80 and later, but device 'Small' is sm_75", newer.Message, StringComparison.Ordinal);
        var none = Assert.Throws<KernelNotCompiledException>(() => Launch(device, ProbeKernel.OpenCl("x", "x", &ProbeKernel.OneProgram)));
        Assert.Contains("has no code for Cuda devices", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_are_loaded_when_first_launched_and_once()
    {
        using Device device = Open();
        View1<int> y = device.Allocate<int>(1);
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Store, "store", &ProbeKernel.OneProgram);
        Assert.False(driver.Calls.ContainsKey(nameof(ICudaDriver.ModuleLoadDataEx)));
        for (int i = 1; i <= 3; i++)
        {
            Store(device, kernel, y, i);
            Assert.Equal([i], y.ToArray());
        }

        Assert.Equal(1, driver.Calls[nameof(ICudaDriver.ModuleLoadDataEx)]);
    }

    [Fact]
    public void A_launch_allocates_nothing()
    {
        using Device device = Open();
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Entry("many", ".u64 y, .u32 y_e0, .u32 a", "ret;"), "many", &ProbeKernel.OneProgram);
        View1<int> y = device.Allocate<int>(1);
        Store(device, kernel, y, 0);

        // The emulated driver allocates for each launch it takes.
        driver.TakesNoLaunches = true;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                Store(device, kernel, y, 1);
        }));
    }

    [Fact]
    public void A_kernels_fault_is_the_error_of_the_call_that_waits()
    {
        using Device device = Open();
        KernelVariantSet kernel = ProbeKernel.Cuda(
            PtxText.Entry("stray", ".u64 y, .u32 y_e0, .u32 a", "ld.param.u64 %rd1, [y];\nst.global.b32 [%rd1+4], 1;\nret;"), "stray", &ProbeKernel.OneProgram);
        View1<int> y = device.Allocate<int>(1);
        Store(device, kernel, y, 1);
        DeviceException error = Assert.Throws<DeviceException>(device.Synchronize);
        Assert.Equal(kernel.Kernel.Name, error.Kernel);
        Assert.Contains("CUDA_ERROR_LAUNCH_FAILED", error.Message, StringComparison.Ordinal);
        Assert.Contains("4 bytes of global memory at 4 of an allocation of 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("CUDA_LAUNCH_BLOCKING=1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_large_an_allocation_says_how_much_there_is()
    {
        using Device device = Open();
        string message = Assert.Throws<DeviceException>(() => device.AllocateBytes(1L << 40)).Message;
        Assert.Contains($"(memory {8L << 30} bytes) cannot allocate {1L << 40} bytes: CUDA_ERROR_OUT_OF_MEMORY (2)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Everything_is_released(bool hasPools)
    {
        var own = new EmulatedCudaDriver(new EmulatedGpu("Own", 80) { HasPools = hasPools });
        Device device = EmulatedCuda.Open(own, 0);
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Store, "store", &ProbeKernel.OneProgram);
        View1<int> y = device.Allocate<int>(1);
        DeviceEvent reached = device.CreateEvent();
        LaunchGraph graph = device.CreateGraph();
        HostBuffer host = device.AllocateHost(100);
        graph.Run((device, kernel, y), static a => Store(a.device, a.kernel, a.y, 4));
        Assert.Equal([4], y.ToArray());
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => y.ToArray());
        Assert.Throws<ObjectDisposedException>(() => device.Allocate<int>(1));
        Assert.Throws<ObjectDisposedException>(() => Store(device, kernel, y, 1));
        Assert.Equal(1, own.ContextReferences(0));
        y.Memory!.Dispose();
        reached.Dispose();
        graph.Dispose();
        host.Dispose();
        Assert.Equal(0, own.ContextReferences(0));
        Assert.Equal(0, own.UsedBytes(0));
        Assert.Equal(0, own.Open<object>());
        Assert.Equal(0, own.PinnedBuffers);
    }

    [Fact]
    public void Devices_have_contexts_of_their_own_and_refuse_each_others_memory()
    {
        using Device small = Open(0);
        using Device large = Open(1);
        KernelVariantSet kernel = ProbeKernel.Cuda(PtxText.Store, "store", &ProbeKernel.OneProgram);
        View1<int> one = small.Allocate<int>(1), two = large.Allocate<int>(1);
        Store(small, kernel, one, 1);
        Store(large, kernel, two, 2);
        Assert.Equal([1], one.ToArray());
        Assert.Equal([2], two.ToArray());
        Assert.Contains("Copy it there first", Assert.Throws<ArgumentException>(() => Store(small, kernel, two, 3)).Message, StringComparison.Ordinal);
        using Device cpu = TestDevices.Open("Cpu");
        Assert.Throws<ArgumentException>(() => Store(small, kernel, cpu.Allocate<int>(1), 3));
    }

    [Fact]
    public void The_contexts_of_others_stay_current()
    {
        nint context, popped;
        Assert.Equal(0, driver.DevicePrimaryCtxRetain(&context, 1));
        Assert.Equal(0, driver.CtxPushCurrent(context));
        using (Device device = Open(0))
            Assert.Equal(new int[5], device.Allocate<int>(5).ToArray());
        Assert.Equal(0, driver.CtxPopCurrent(&popped));
        Assert.Equal(context, popped);
    }

    internal static void Store(Device device, KernelVariantSet kernel, View1<int> y, int value)
    {
        var arguments = new KernelArguments();
        arguments.Add(y);
        arguments.Add(value);
        device.Launch(kernel, ref arguments);
    }

    internal static void Scale(Device device, View1<float> x, View1<float> y, float factor)
    {
        var arguments = new KernelArguments();
        arguments.Add(x);
        arguments.Add(y);
        arguments.Add(factor);
        device.Launch(ProbeKernel.Cuda(PtxText.Scale, "scale", &Plan), ref arguments);

        static void Plan(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->WorkGroup = 96;
            shape->Grid0 = ((int)slots[1] + 95) / 96;
        }
    }

    private static void Launch(Device device, KernelVariantSet kernel)
    {
        var arguments = new KernelArguments();
        device.Launch(kernel, ref arguments);
    }

    private CudaDevice Open(int ordinal = 0) => EmulatedCuda.Open(driver, ordinal);
}
