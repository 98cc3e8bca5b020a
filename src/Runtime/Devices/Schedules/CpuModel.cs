using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace KernelFoundry;

/// <summary>The processor's name for itself: what tuned schedules are kept by.</summary>
internal static class CpuModel
{
    // CPUID (Intel SDM, volume 2A): the highest extended leaf, and the three leaves whose registers spell the brand string.
    private const uint HighestExtendedLeaf = 0x8000_0000, FirstOfName = 0x8000_0002, LastOfName = 0x8000_0004;

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>As in <c>AMD EPYC 9654 96-Core Processor</c>; the architecture where the processor does not say.</summary>
    public static string Name => Found.Value;

    private static string Find()
    {
        string name = X86Base.IsSupported ? Brand() : OperatingSystem.IsLinux() ? ArmParts() : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "";
        name = string.Join(' ', name.Split([' ', '\0', '\t'], StringSplitOptions.RemoveEmptyEntries));
        return name.Length > 0 ? name : RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Brand()
    {
        if ((uint)X86Base.CpuId(unchecked((int)HighestExtendedLeaf), 0).Eax < LastOfName)
            return "";
        var text = new StringBuilder();
        for (uint leaf = FirstOfName; leaf <= LastOfName; leaf++)
        {
            (int a, int b, int c, int d) = X86Base.CpuId(unchecked((int)leaf), 0);
            int[] registers = [a, b, c, d];
            text.Append(Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>(registers)));
        }

        return text.ToString();
    }

    // Arm processors have numbers for names: who made the core, and which one it is.
    private static string ArmParts()
    {
        try
        {
            string[] lines = [.. File.ReadLines("/proc/cpuinfo").Take(200)];
            string? Of(string key) => lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
            return string.Create(CultureInfo.InvariantCulture, $"{Of("CPU implementer")} {Of("CPU part")} {Of("CPU variant")}").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
