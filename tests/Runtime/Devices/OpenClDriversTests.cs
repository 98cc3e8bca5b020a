namespace KernelFoundry.Runtime.Tests.Devices;

/// <summary>Which OpenCL drivers are worth loading for the best device.</summary>
public sealed class OpenClDriversTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelfoundry-icd").FullName;

    [Theory]
    [InlineData(false)]
    [InlineData(false, "/usr/lib/x86_64-linux-gnu/libpocl.so.2.10.0\n")]
    [InlineData(false, "libpocl.so.2", "libintelocl.so")]
    [InlineData(false, "")]
    [InlineData(true, "libnvidia-opencl.so.1")]
    [InlineData(true, "libpocl.so.2", "libamdocl64.so")]
    public void ADriverForMoreThanProcessorsIsFound(bool expected, params string[] libraries)
    {
        for (int i = 0; i < libraries.Length; i++)
            File.WriteAllText(Path.Combine(_folder, $"{i}.icd"), libraries[i]);
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "libnvidia-opencl.so.1");
        Assert.Equal(expected, OpenClDrivers.Reach(_folder));
    }

    [Fact]
    public void WithoutAFolderADriverMayBeTheLibraryItself() => Assert.True(OpenClDrivers.Reach(Path.Combine(_folder, "none")));

    public void Dispose() => Directory.Delete(_folder, true);
}
