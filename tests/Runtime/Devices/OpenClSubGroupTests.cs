namespace KernelFoundry.Tests;

/// <summary>
/// How a device chooses between code with sub-groups and without. No device of the tests has sub-groups: they are claimed here, and the driver, which
/// is asked for their size, says otherwise.
/// </summary>
public unsafe class OpenClSubGroupTests
{
    private const string Writes = "__kernel void writes(__global uchar* y, long y_off, int y_e0) { ((__global int*)(y + y_off))[0] = VALUE; }";

    [Fact]
    public void A_device_without_sub_groups_never_sees_the_code()
    {
        using Device device = TestDevices.Open("OpenCl", without: DeviceFeatures.SubGroups);
        Assert.Equal(1, Run(device, "this is no OpenCL C"));
    }

    [Fact]
    public void Code_the_driver_gives_other_sub_groups_is_not_run()
    {
        using Device device = TestDevices.Open("OpenCl", claimed: DeviceFeatures.SubGroups);
        Assert.SkipWhen(TestDevices.HasSubGroups, "This device has sub-groups.");
        for (int launch = 0; launch < 3; launch++)
            Assert.Equal(1, Run(device, Writes.Replace("VALUE", "2", StringComparison.Ordinal)));
    }

    [Fact]
    public void Code_that_does_not_compile_is_an_error_and_no_fall_back()
    {
        using Device device = TestDevices.Open("OpenCl", claimed: DeviceFeatures.SubGroups);
        DeviceException error = Assert.Throws<DeviceException>(() => Run(device, "__kernel void writes() { undeclared(); }"));
        Assert.Contains("undeclared", error.Log, StringComparison.Ordinal);
    }

    private static int Run(Device device, string subGroups)
    {
        KernelVariantSet kernel = ProbeKernel.Set(openCl: new OpenClCode(Writes.Replace("VALUE", "1", StringComparison.Ordinal), "writes", &ProbeKernel.OneProgram)
        {
            SubGroups = new OpenClCode(subGroups, "writes", &ProbeKernel.OneProgram),
        });
        View1<int> y = device.Allocate<int>(1);
        var arguments = new KernelArguments();
        arguments.Add(y);
        device.Launch(kernel, ref arguments);
        return y.ToArray()[0];
    }
}
