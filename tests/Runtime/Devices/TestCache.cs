using System.Runtime.CompilerServices;

namespace KernelFoundry.Tests;

internal static class TestCache
{
    // CA2255: a test run must not fill the user's cache, whichever test comes first.
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void TurnOff() => Environment.SetEnvironmentVariable(OpenClBinaryCache.EnvironmentVariable, "off");
#pragma warning restore CA2255
}
