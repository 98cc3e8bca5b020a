using System.Runtime.CompilerServices;

namespace KernelFoundry.Tests;

public unsafe class OpenClDeviceTests
{
    [Fact]
    public void Arguments_arrive_as_the_contract_says()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl(
            """
            __kernel void args(
                __global const uchar* x, long x_off, int x_e0, int x_e1, int x_e2, long x_s0, long x_s1,
                __global uchar* y, long y_off, int y_e0, float f, int i, uint u, int b, int t)
            {
                __global float* out = (__global float*)(y + y_off);
                out[0] = x_e0; out[1] = x_e1; out[2] = x_e2; out[3] = x_s0; out[4] = x_s1;
                out[5] = ((__global const float*)(x + x_off))[x_s0 + x_s1 + 1];
                out[6] = f; out[7] = i; out[8] = u; out[9] = b; out[10] = t; out[11] = y_e0;
            }
            """,
            "args",
            &ProbeKernel.OneProgram);
        View3<float> x = device.Upload<float>([.. Enumerable.Range(0, 4 * 5 * 6).Select(i => (float)i)], 4, 5, 6).Slice(0, 1, 2).Slice(1, 2, 3).Slice(2, 3, 2);
        View1<float> y = device.Allocate<float>(14).Slice(2, 12);
        var arguments = new KernelArguments();
        arguments.Add(x);
        arguments.Add(y);
        arguments.Add(0.5f);
        arguments.Add(-7);
        arguments.Add(uint.MaxValue);
        arguments.Add(true);
        arguments.AddSpecialized(9);
        KernelVariantSet specialized = new(kernel.Kernel, "", [new KernelVariant { TypeKey = "", Specialized = [null], MakeOpenCl = kernel.Variants[0].MakeOpenCl }]);
        device.Launch(specialized, ref arguments);

        float element = (2 * 30) + (3 * 6) + 4;
        Assert.Equal([2f, 3, 2, 30, 6, element, 0.5f, -7, 4294967296f, 1, 9, 12], y.ToArray());
    }

    [Fact]
    public void Program_ids_are_group_ids()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl(
            """
            __kernel void ids(__global uchar* y, long y_off, int y_e0, int y_e1, int y_e2, int y_e3, long s0, long s1, long s2)
            {
                __global int* out = (__global int*)(y + y_off);
                out[get_group_id(2) * s0 + get_group_id(1) * s1 + get_group_id(0) * s2 + get_local_id(0)] =
                    1000 * get_group_id(2) + 100 * get_group_id(1) + 10 * get_group_id(0) + get_local_id(0) + 10000 * (get_local_size(0) == 5);
            }
            """,
            "ids",
            &Grid);
        View4<int> y = device.Allocate<int>(2, 3, 4, 5);
        var arguments = new KernelArguments();
        arguments.Add(y);
        device.Launch(kernel, ref arguments);
        int[] expected =
        [
            .. from p2 in Enumerable.Range(0, 2)
               from p1 in Enumerable.Range(0, 3)
               from p0 in Enumerable.Range(0, 4)
               from item in Enumerable.Range(0, 5)
               select 10000 + (1000 * p2) + (100 * p1) + (10 * p0) + item,
        ];
        Assert.Equal(expected, y.ToArray());

        static void Grid(long* slots, LaunchShape* shape)
        {
            shape->Grid0 = (int)slots[3];
            shape->Grid1 = (int)slots[2];
            shape->Grid2 = (int)slots[1];
            shape->WorkGroup = (int)slots[4];
        }
    }

    [Fact]
    public void A_kernel_that_does_not_compile_comes_with_the_compilers_log()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl("__kernel void broken(__global int* x) { x[0] = undeclared_name; }", "broken", &ProbeKernel.OneProgram);
        DeviceException error = Assert.Throws<DeviceException>(() => Launch(device, kernel));
        Assert.Equal(kernel.Kernel.Name, error.Kernel);
        Assert.Contains("undeclared_name", error.Log, StringComparison.Ordinal);
        Assert.Contains("undeclared_name", error.Message, StringComparison.Ordinal);
        Assert.Contains(kernel.Kernel.Name, error.Message, StringComparison.Ordinal);
        Assert.Contains(device.Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_entry_point_is_named()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl("__kernel void other() { }", "wanted", &ProbeKernel.OneProgram);
        Assert.Contains("no entry point wanted", Assert.Throws<DeviceException>(() => Launch(device, kernel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_number_of_arguments_is_an_error()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl("__kernel void takes(int a, int b, int c) { }", "takes", &ProbeKernel.OneProgram);
        Assert.Throws<DeviceException>(() => Launch(device, kernel));
    }

    [Fact]
    public void Too_large_a_work_group_is_refused_with_the_numbers()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl("__kernel void big() { }", "big", &Million);
        string message = Assert.Throws<DeviceException>(() => Launch(device, kernel)).Message;
        Assert.Contains("1000000 items", message, StringComparison.Ordinal);
        Assert.Contains("smaller WorkGroup", message, StringComparison.Ordinal);

        static void Million(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->WorkGroup = 1_000_000;
        }
    }

    [Fact]
    public void Too_much_local_memory_is_refused_with_the_numbers()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl("__kernel void hungry(__local float* scratch) { scratch[0] = 0; }", "hungry", &Hungry);
        string message = Assert.Throws<DeviceException>(() => Launch(device, kernel)).Message;
        Assert.Contains($"{1L << 40} bytes of local memory", message, StringComparison.Ordinal);
        Assert.Contains($"has {device.Info.LocalMemoryBytes}", message, StringComparison.Ordinal);

        static void Hungry(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->LocalBytes = 1L << 40;
        }
    }

    [Fact]
    public void Empty_and_default_views_are_legal()
    {
        using Device device = TestDevices.Open("OpenCl");
        KernelVariantSet kernel = ProbeKernel.OpenCl(
            """
            __kernel void empty(__global uchar* x, long x_off, int x_e0, __global uchar* y, long y_off, int y_e0, __global uchar* z, long z_off, int z_e0)
            {
                ((__global int*)(z + z_off))[0] = 5 + x_e0 + y_e0;
            }
            """,
            "empty",
            &ProbeKernel.OneProgram);
        View1<int> z = device.Allocate<int>(1);
        var arguments = new KernelArguments();
        arguments.Add(device.Allocate<int>(0));
        arguments.Add(default(View1<int>));
        arguments.Add(z);
        device.Launch(kernel, ref arguments);
        Assert.Equal([5], z.ToArray());
        Assert.Empty(device.Allocate<int>(0).ToArray());
        device.Synchronize();
    }

    [Fact]
    public void Memory_of_the_devices_own_is_reached_by_copies_alone()
    {
        using Device device = TestDevices.Open("OpenCl", without: DeviceFeatures.HostMemory);
        Assert.False(device.SharesHostMemory);
        View2<float> x = device.Upload<float>([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2f, 3, 5, 6], x.Slice(1, 1, 2).ToArray());
        x.Slice(1, 0, 1).CopyFrom([7, 8]);
        Assert.Equal([7f, 2, 3, 8, 5, 6], x.ToArray());
        Assert.Contains("CopyFrom and CopyTo", Assert.Throws<InvalidOperationException>(() => x.Load(0, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => x.AsSpan());
        Assert.Throws<NotSupportedException>(() => device.Pin(new float[1]));
        Assert.False(x.Memory!.IsHostAddressable);
        x.Memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.ToArray());
    }

    [Fact]
    public void Wrapped_memory_is_a_copy_where_the_device_has_its_own()
    {
        using Device device = TestDevices.Open("OpenCl", without: DeviceFeatures.HostMemory);
        float* values = stackalloc float[3] { 1, 2, 3 };
        using DeviceMemory memory = device.Wrap(values, 12);
        values[0] = 9;
        Assert.Equal([1f, 2, 3], new View1<float>(memory, 0, 3).ToArray());
    }

    [Fact]
    public void Memory_of_another_device_is_refused()
    {
        using Device device = TestDevices.Open("OpenCl", without: DeviceFeatures.HostMemory);
        using Device other = TestDevices.Open("OpenCl");
        using Device cpu = TestDevices.Open("Cpu");
        var bias = new HandBias();
        Assert.Contains("Copy it there first", Assert.Throws<ArgumentException>(() => HandCompiledKernel.RowSum(device, cpu.Allocate<float>(1, 1), cpu.Allocate<float>(1), bias, 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HandCompiledKernel.RowSum(device, other.Allocate<float>(1, 1), device.Allocate<float>(1), bias, 3));
        Assert.Throws<ArgumentException>(() => HandCompiledKernel.RowSum(cpu, device.Allocate<float>(1, 1), device.Allocate<float>(1), bias, 3));
    }

    [Fact]
    public void A_disposed_device_refuses_launches()
    {
        Device device = TestDevices.Open("OpenCl");
        View1<float> y = device.Allocate<float>(1);
        View2<float> x = device.Allocate<float>(1, 1);
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => HandCompiledKernel.RowSum(device, x, y, new HandBias(), 3));
        Assert.Throws<ObjectDisposedException>(() => device.Allocate<float>(1));
        Assert.Throws<ObjectDisposedException>(() => y.ToArray());
        y.Memory!.Dispose();
    }

    [Fact]
    public void A_variant_without_code_for_the_device_is_an_error()
    {
        using Device device = TestDevices.Open("OpenCl");
        var error = Assert.Throws<KernelNotCompiledException>(() =>
            HandCompiledKernel.RowSum(device, device.Allocate<Half>(1, 1), device.Allocate<float>(1), new HandBias(), 3));
        Assert.Contains("has no code for OpenCl devices", error.Message, StringComparison.Ordinal);
    }

    private static void Launch(Device device, KernelVariantSet kernel)
    {
        var arguments = new KernelArguments();
        device.Launch(kernel, ref arguments);
    }

    // It took the process down: memory was freed under a kernel that ran.
    [Fact]
    public void A_device_that_nobody_disposed_of_finishes_its_work_before_its_memory_goes()
    {
        for (int i = 0; i < 5; i++)
        {
            Leave();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Leave()
        {
            Device device = TestDevices.Open("OpenCl");
            View1<int> y = device.Allocate<int>(1 << 22);
            KernelVariantSet kernel = ProbeKernel.OpenCl(
                """
                __kernel void slow(__global uchar* y, long y_off, int y_e0)
                {
                    __global volatile int* out = (__global volatile int*)(y + y_off);
                    for (int pass = 0; pass < 8; pass++)
                        for (int i = 0; i < y_e0; i++)
                            out[i] += i;
                }
                """,
                "slow",
                &ProbeKernel.OneProgram);
            var arguments = new KernelArguments();
            arguments.Add(y);
            device.Launch(kernel, ref arguments);
        }
    }
}
