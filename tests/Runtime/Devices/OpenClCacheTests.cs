using System.Security.Cryptography;

namespace KernelFoundry.Tests;

/// <summary>The cache of built programs. Its folder is an environment variable of the process, so these tests run alone.</summary>
[CollectionDefinition(nameof(OpenClCacheTests), DisableParallelization = true)]
[Collection(nameof(OpenClCacheTests))]
public sealed unsafe class OpenClCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kernelfoundry-cache").FullName;

    public OpenClCacheTests() => Environment.SetEnvironmentVariable(OpenClBinaryCache.EnvironmentVariable, folder);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(OpenClBinaryCache.EnvironmentVariable, "off");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_built_program_is_kept_and_used()
    {
        Assert.Equal(1, Run(value: 1));
        string one = Path(value: 1), two = Path(value: 2);
        Assert.True(File.Exists(one));
        Assert.False(File.Exists(two));

        // The program that stores 1, put where the one that stores 2 is looked for: only a device that reads the cache can give 1.
        File.Copy(one, two);
        Assert.Equal(1, Run(value: 2));
    }

    [Fact]
    public void Different_sources_have_different_entries()
    {
        Run(value: 1);
        Run(value: 2);
        Assert.Equal(2, Directory.GetFiles(folder, "*.bin", SearchOption.AllDirectories).Length);
        Assert.Equal(2, Run(value: 2));
        Assert.DoesNotContain(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), file => !file.EndsWith(".bin", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("short")]
    [InlineData("flipped")]
    [InlineData("garbage")]
    public void A_corrupted_entry_is_built_again(string damage)
    {
        Run(value: 1);
        string path = Path(value: 1);
        byte[] good = File.ReadAllBytes(path);
        byte[] garbage = [.. Enumerable.Repeat((byte)0x5A, 500)];
        byte[] flipped = [.. good];
        flipped[good.Length / 2] ^= 1;
        byte[] bad = damage switch
        {
            "empty" => [],
            "short" => good[..(good.Length / 2)],
            "flipped" => flipped,

            // A sound entry whose contents the driver has never seen.
            _ => [.. SHA256.HashData(garbage), .. garbage],
        };
        File.WriteAllBytes(path, bad);
        Assert.Equal(1, Run(value: 1));
        Assert.NotEqual(bad, File.ReadAllBytes(path));
        Assert.Equal(1, Run(value: 1));
    }

    [Fact]
    public void The_cache_can_be_turned_off()
    {
        Environment.SetEnvironmentVariable(OpenClBinaryCache.EnvironmentVariable, "off");
        Assert.Equal(3, Run(value: 3));
        Assert.Null(OpenClBinaryCache.PathFor("d", "o", "s"));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_time_alone()
    {
        string file = System.IO.Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        Environment.SetEnvironmentVariable(OpenClBinaryCache.EnvironmentVariable, file);
        Assert.Equal(4, Run(value: 4));
        Assert.Equal(4, Run(value: 4));
    }

    [Fact]
    public void Keys_tell_device_options_and_source_apart()
    {
        string?[] paths =
        [
            OpenClBinaryCache.PathFor("d", "o", "s"),
            OpenClBinaryCache.PathFor("d2", "o", "s"),
            OpenClBinaryCache.PathFor("d", "o2", "s"),
            OpenClBinaryCache.PathFor("d", "o", "s2"),
        ];
        Assert.Equal(4, paths.Distinct().Count());
        Assert.All(paths, path => Assert.StartsWith(folder, path, StringComparison.Ordinal));
    }

    private static string Source(int value) => $"__kernel void store(__global uchar* y, long y_off, int y_e0) {{ *(__global int*)(y + y_off) = {value}; }}";

    private static string Path(int value)
    {
        using var device = (OpenClDevice)TestDevices.Open("OpenCl");
        return OpenClBinaryCache.PathFor(device.CacheIdentity, "-cl-std=CL1.2", Source(value))!;
    }

    private static int Run(int value)
    {
        using Device device = TestDevices.Open("OpenCl");
        View1<int> y = device.Allocate<int>(1);
        var arguments = new KernelArguments();
        arguments.Add(y);
        device.Launch(ProbeKernel.OpenCl(Source(value), "store", &ProbeKernel.OneProgram), ref arguments);
        return y.ToArray()[0];
    }
}
