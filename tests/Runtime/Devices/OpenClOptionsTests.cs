namespace KernelFoundry.Tests;

/// <summary>How code is built for what a device has, which no device of the tests has all of.</summary>
public unsafe class OpenClOptionsTests
{
    private const DeviceFeatures All = DeviceFeatures.HalfPrecision | DeviceFeatures.IntegerDot | DeviceFeatures.SubGroups;

    [Theory]
    [InlineData("plain", All, "-cl-std=CL1.2")]
    [InlineData("KF_HALF", All, "-cl-std=CL1.2 -D KF_HALF=half")]
    [InlineData("KF_HALF", All & ~DeviceFeatures.HalfPrecision, "-cl-std=CL1.2")]
    [InlineData("kf_dot4", All, "-cl-std=CL3.0")]
    [InlineData("kf_dot4", DeviceFeatures.None, "-cl-std=CL1.2")]
    public void An_extension_is_asked_for_where_code_uses_it_and_the_device_has_it(string source, DeviceFeatures features, string options) =>
        Assert.Equal(options, OpenClProgram.OptionsFor(new OpenClCode(source, "f", &ProbeKernel.OneProgram), features, "-cl-std=CL3.0"));

    [Theory]
    [InlineData("OpenCL 1.2 x", "-cl-std=CL1.2")]
    [InlineData("OpenCL 2.1 x", "-cl-std=CL2.0")]
    [InlineData("OpenCL 3.0 x", "-cl-std=CL3.0")]
    public void The_newest_standard_is_that_of_the_version(string version, string option) => Assert.Equal(option, OpenClProgram.NewestStandard(version));

    // CL_FP_DENORM is 1, CL_FP_INF_NAN 2, CL_FP_ROUND_TO_NEAREST 4, CL_FP_ROUND_TO_ZERO 8.
    [Theory]
    [InlineData(7, true)]
    [InlineData(15, true)]
    [InlineData(6, false)]
    [InlineData(11, false)]
    [InlineData(0, false)]
    public void Halves_are_used_that_keep_subnormal_numbers_and_round_to_nearest(ulong configuration, bool isUsed) => Assert.Equal(isUsed, OpenClFeatures.KeepsBits(configuration));

    // The type is not half, which this device's compiler does not take: the driver says so, in place of a result.
    [Fact]
    public void A_device_that_has_halves_is_told_their_type()
    {
        const string Source = "__kernel void writes(__global uchar* y, long y_off, int y_e0)\n{\n#ifdef KF_HALF\n    KF_HALF undeclared = nothing;\n#endif\n    ((__global int*)(y + y_off))[0] = 1;\n}";
        using (Device without = TestDevices.Open("OpenCl", without: DeviceFeatures.HalfPrecision))
            Assert.Equal(1, Run(without));
        using Device with = TestDevices.Open("OpenCl", claimed: DeviceFeatures.HalfPrecision);
        Assert.Contains("nothing", Assert.Throws<DeviceException>(() => Run(with)).Log, StringComparison.Ordinal);

        static int Run(Device device)
        {
            View1<int> y = device.Allocate<int>(1);
            var arguments = new KernelArguments();
            arguments.Add(y);
            device.Launch(ProbeKernel.OpenCl(Source, "writes", &ProbeKernel.OneProgram), ref arguments);
            return y.ToArray()[0];
        }
    }
}
