using System.Globalization;

namespace KernelFoundry.Inference.Tests;

/// <summary>The seed of a randomised test: fresh for every run, or KF_FUZZ_SEED. Tests put it in their failure messages.</summary>
internal static class RandomSeed
{
    public static int Next() =>
        Environment.GetEnvironmentVariable("KF_FUZZ_SEED") is { Length: > 0 } fixedSeed
            ? int.Parse(fixedSeed, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
}
