namespace KernelFoundry;

/// <summary>
/// The OpenCL drivers that the system's loader would load, looked up without loading any: a driver for processors brings a whole C compiler along,
/// some 90 MB and a tenth of a second, and its devices are never better than <see cref="DeviceKind.Cpu"/>.
/// </summary>
internal static class OpenClDrivers
{
    private const string Folder = "/etc/OpenCL/vendors";

    // Drivers that have no devices but processors, by what their library's name begins with.
    private static readonly string[] ForProcessors = ["libpocl", "libintelocl", "liboclgrind"];

    // Other ways to name drivers to a loader.
    private static readonly string[] OtherNames = ["OCL_ICD_FILENAMES", "OPENCL_VENDOR_PATH"];

    /// <summary>Whether a driver may have other devices than processors; true where that cannot be told.</summary>
    public static bool MayHaveAccelerators { get; } = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() || NamesOthers || Reach(FolderInUse());

    private static bool NamesOthers => OtherNames.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });

    /// <summary>Whether a folder of drivers, as the specification of the extension cl_khr_icd has it, names one that may have other devices than processors.</summary>
    /// <param name="folder">The folder; each file *.icd holds the name of a library.</param>
    internal static bool Reach(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*.icd").Any(file => !IsForProcessors(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool IsForProcessors(string file)
    {
        string library = Path.GetFileName(File.ReadLines(file).FirstOrDefault() ?? "").Trim();
        return library.Length == 0 || ForProcessors.Any(name => library.StartsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    private static string FolderInUse() => Environment.GetEnvironmentVariable("OCL_ICD_VENDORS") is { Length: > 0 } named ? named : Folder;
}
