using KernelFoundry.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(KernelFoundry.Aot.Tests.PublishedTool))]

namespace KernelFoundry.Aot.Tests;

/// <summary>
/// The tool as a Native AOT binary, published once for all tests: for .NET 10, or, where the package source has not all of its tool chain, for
/// .NET 9. Where neither can be had the tests skip, unless KERNELFOUNDRY_REQUIRE_AOT is 1.
/// </summary>
public sealed class PublishedTool : IAsyncLifetime
{
    private static readonly string[] s_frameworks = ["net10.0", "net9.0"];
    private readonly List<Publishing> _tries = [];

    public async ValueTask InitializeAsync()
    {
        foreach (string framework in s_frameworks)
        {
            _tries.Add(await Publishing.RunAsync(framework, TestContext.Current.CancellationToken));
            if (_tries[^1].Missing is null)
                return;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What publishing printed; the calling test skips if there is no tool chain, and fails if publishing did.</summary>
    internal Publishing Require()
    {
        Publishing last = _tries[^1];
        if (last.Missing is not null)
        {
            string reasons = string.Join(" ", _tries.Select(t => $"{t.Framework}: {t.Missing}."));
            Assert.SkipUnless(Environment.GetEnvironmentVariable("KERNELFOUNDRY_REQUIRE_AOT") == "1", $"Needs the tool chain of Native AOT. {reasons}");
            Assert.Fail($"KERNELFOUNDRY_REQUIRE_AOT is 1, but there is no tool chain of Native AOT. {reasons}");
        }

        Assert.True(last.ExitCode == 0, $"Publishing for {last.Framework} failed:\n{last.Log}");
        return last;
    }

    /// <summary>Runs the published binary.</summary>
    internal Kf Run(params string[] args) => Kf.RunBinary(Require().Binary, args);
}
