using System.Text;
using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>Builds programs, from a cached binary where there is one that the driver still takes, else from source.</summary>
internal static unsafe class OpenClProgram
{
    /// <summary>The size of a work-group, in generated code that bears fewer work-items than its schedule asks for.</summary>
    public const string GroupName = "KF_GROUP";

    // The type of halves, in generated code that may compute in them.
    private const string HalfName = "KF_HALF";

    // What generated code multiplies four bytes with, by the instruction that compilers of OpenCL C 3.0 have where the device does.
    private const string DotName = "kf_dot4";

    private const string OldestStandard = "-cl-std=CL1.2";

    /// <summary>
    /// How code is built for a device. There are no fast-math options: results are part of a kernel's contract. OpenCL C 1.2, but where code takes what only a newer one has.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="features">What the device has, and may use.</param>
    /// <param name="newestStandard">The option for the newest OpenCL C of the device: see <see cref="NewestStandard"/>.</param>
    /// <param name="hasSubGroups">Whether it is the code for sub-groups.</param>
    public static string OptionsFor(OpenClCode code, DeviceFeatures features, string newestStandard, bool hasSubGroups = false)
    {
        bool Uses(DeviceFeatures feature, string name) => features.HasFlag(feature) && code.Source.Contains(name, StringComparison.Ordinal);
        string standard = hasSubGroups || Uses(DeviceFeatures.IntegerDot, DotName) ? newestStandard : OldestStandard;
        return Uses(DeviceFeatures.HalfPrecision, HalfName) ? $"{standard} -D {HalfName}=half" : standard;
    }

    /// <summary>The option for the newest OpenCL C of a device, of a version as in "OpenCL 3.0 ...".</summary>
    public static string NewestStandard(string version) =>
        OpenClFeatures.IsAtLeast(version, 3, 0) ? "-cl-std=CL3.0" : OpenClFeatures.IsAtLeast(version, 2, 0) ? "-cl-std=CL2.0" : OldestStandard;

    public static nint Build(OpenClDevice device, OpenClCode code, string options, string kernelName)
    {
        string? cachePath = OpenClBinaryCache.PathFor(device.CacheIdentity, options, code.Source);
        if (cachePath is not null && OpenClBinaryCache.TryRead(cachePath) is { } binary && FromBinary(device, binary, options) is var cached and not 0)
            return cached;

        nint program = FromSource(device, code, options, kernelName);
        if (cachePath is not null)
            OpenClBinaryCache.Write(cachePath, BinaryOf(program));
        return program;
    }

    /// <summary>A program from a binary; 0 if the driver refuses it.</summary>
    private static nint FromBinary(OpenClDevice device, byte[] binary, string options)
    {
        nint handle = device.Handle;
        nuint length = (nuint)binary.Length;
        int status;
        int error;
        nint program;
        fixed (byte* first = binary)
        {
            byte* bytes = first;
            program = OpenClLibrary.CreateProgramWithBinary(device.Context, 1, &handle, &length, &bytes, &status, &error);
        }

        if (error != Success)
            return 0;
        if (status == Success && BuildFor(device, program, options) == Success)
            return program;
        _ = OpenClLibrary.ReleaseProgram(program);
        return 0;
    }

    private static nint FromSource(OpenClDevice device, OpenClCode code, string options, string kernelName)
    {
        byte[] source = Encoding.UTF8.GetBytes(code.Source);
        nuint length = (nuint)source.Length;
        int error;
        nint program;
        fixed (byte* first = source)
        {
            byte* text = first;
            program = OpenClLibrary.CreateProgramWithSource(device.Context, 1, &text, &length, &error);
        }

        device.Require(error, "clCreateProgramWithSource");
        int built = BuildFor(device, program, options);
        if (built == Success)
            return program;

        string log = BuildLog(device, program);
        _ = OpenClLibrary.ReleaseProgram(program);
        throw new DeviceException($"Kernel {kernelName} does not compile on device '{device.Name}': {ErrorName(built)}", kernelName, log);
    }

    private static int BuildFor(OpenClDevice device, nint program, string buildOptions)
    {
        nint handle = device.Handle;
        fixed (byte* options = Encoding.UTF8.GetBytes(buildOptions + '\0'))
            return OpenClLibrary.BuildProgram(program, 1, &handle, options, null, null);
    }

    private static string BuildLog(OpenClDevice device, nint program)
    {
        nuint size = 0;
        if (OpenClLibrary.GetProgramBuildInfo(program, device.Handle, ProgramBuildLog, 0, null, &size) != Success || size == 0)
            return "";
        var text = new byte[size];
        fixed (byte* first = text)
            _ = OpenClLibrary.GetProgramBuildInfo(program, device.Handle, ProgramBuildLog, size, first, null);
        return Encoding.UTF8.GetString(text).TrimEnd('\0');
    }

    private static byte[] BinaryOf(nint program)
    {
        nuint size = 0;
        if (OpenClLibrary.GetProgramInfo(program, ProgramBinarySizes, (nuint)sizeof(nuint), &size, null) != Success || size == 0)
            return [];
        var binary = new byte[size];
        fixed (byte* first = binary)
        {
            byte* bytes = first;
            if (OpenClLibrary.GetProgramInfo(program, ProgramBinaries, (nuint)sizeof(byte*), &bytes, null) != Success)
                return [];
        }

        return binary;
    }
}
