using KernelFoundry.Testing;

namespace KernelFoundry.Inference.Tests;

/// <summary>The seed of a randomised test, from KF_FUZZ_SEED. Tests put it in their failure messages.</summary>
internal static class RandomSeed
{
    public static int Next() => TestSeed.Of("KF_FUZZ_SEED");
}
