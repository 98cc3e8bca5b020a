using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// The functions of the system's OpenCL loader, found at run time: nothing is shipped, and a machine without one is no error until an OpenCL
/// device is wanted. Names and arguments are those of the OpenCL 1.2 specification.
/// </summary>
internal static unsafe class OpenClLibrary
{
    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS()
            ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
            : ["libOpenCL.so.1", "libOpenCL.so"];

    private static readonly Lazy<string?> LoadError = new(Load);

    /// <summary>Why there is no OpenCL; null if there is.</summary>
    public static string? Unavailable => LoadError.Value;

    public static delegate* unmanaged<uint, nint*, uint*, int> GetPlatformIDs { get; private set; }

    public static delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetPlatformInfo { get; private set; }

    public static delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> GetDeviceIDs { get; private set; }

    public static delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetDeviceInfo { get; private set; }

    public static delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint> CreateContext { get; private set; }

    public static delegate* unmanaged<nint, int> ReleaseContext { get; private set; }

    public static delegate* unmanaged<nint, nint, ulong, int*, nint> CreateCommandQueue { get; private set; }

    public static delegate* unmanaged<nint, int> ReleaseCommandQueue { get; private set; }

    public static delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> CreateBuffer { get; private set; }

    public static delegate* unmanaged<nint, int> ReleaseMemObject { get; private set; }

    public static delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> EnqueueReadBuffer { get; private set; }

    public static delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> EnqueueWriteBuffer { get; private set; }

    public static delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int> EnqueueFillBuffer { get; private set; }

    public static delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint*, nint*, int*, void*> EnqueueMapBuffer { get; private set; }

    public static delegate* unmanaged<nint, nint, void*, uint, nint*, nint*, int> EnqueueUnmapMemObject { get; private set; }

    public static delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> CreateProgramWithSource { get; private set; }

    public static delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint> CreateProgramWithBinary { get; private set; }

    public static delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int> BuildProgram { get; private set; }

    public static delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> GetProgramBuildInfo { get; private set; }

    public static delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetProgramInfo { get; private set; }

    public static delegate* unmanaged<nint, int> ReleaseProgram { get; private set; }

    public static delegate* unmanaged<nint, byte*, int*, nint> CreateKernel { get; private set; }

    public static delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetKernelInfo { get; private set; }

    public static delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> GetKernelWorkGroupInfo { get; private set; }

    /// <summary>Of OpenCL 2.1; null where the loader is older.</summary>
    public static delegate* unmanaged<nint, nint, uint, nuint, void*, nuint, void*, nuint*, int> GetKernelSubGroupInfo { get; private set; }

    public static delegate* unmanaged<nint, int> ReleaseKernel { get; private set; }

    public static delegate* unmanaged<nint, uint, nuint, void*, int> SetKernelArg { get; private set; }

    public static delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> EnqueueNDRangeKernel { get; private set; }

    public static delegate* unmanaged<nint, int> Flush { get; private set; }

    public static delegate* unmanaged<nint, int> Finish { get; private set; }

    private static string? Load()
    {
        foreach (string name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            try
            {
                Bind(library);
                return null;
            }
            catch (EntryPointNotFoundException missing)
            {
                return $"{name} is no OpenCL 1.2 loader: {missing.Message}";
            }
        }

        return $"no OpenCL loader found ({string.Join(", ", Names)}): install a driver's ICD, or pocl-opencl-icd for the CPU";
    }

    private static void Bind(nint library)
    {
        GetPlatformIDs = (delegate* unmanaged<uint, nint*, uint*, int>)Find("clGetPlatformIDs");
        GetPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Find("clGetPlatformInfo");
        GetDeviceIDs = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Find("clGetDeviceIDs");
        GetDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Find("clGetDeviceInfo");
        CreateContext = (delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint>)Find("clCreateContext");
        ReleaseContext = (delegate* unmanaged<nint, int>)Find("clReleaseContext");
        CreateCommandQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)Find("clCreateCommandQueue");
        ReleaseCommandQueue = (delegate* unmanaged<nint, int>)Find("clReleaseCommandQueue");
        CreateBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)Find("clCreateBuffer");
        ReleaseMemObject = (delegate* unmanaged<nint, int>)Find("clReleaseMemObject");
        EnqueueReadBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Find("clEnqueueReadBuffer");
        EnqueueWriteBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Find("clEnqueueWriteBuffer");
        EnqueueFillBuffer = (delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int>)Find("clEnqueueFillBuffer");
        EnqueueMapBuffer = (delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint*, nint*, int*, void*>)Find("clEnqueueMapBuffer");
        EnqueueUnmapMemObject = (delegate* unmanaged<nint, nint, void*, uint, nint*, nint*, int>)Find("clEnqueueUnmapMemObject");
        CreateProgramWithSource = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Find("clCreateProgramWithSource");
        CreateProgramWithBinary = (delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint>)Find("clCreateProgramWithBinary");
        BuildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int>)Find("clBuildProgram");
        GetProgramBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Find("clGetProgramBuildInfo");
        GetProgramInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Find("clGetProgramInfo");
        ReleaseProgram = (delegate* unmanaged<nint, int>)Find("clReleaseProgram");
        CreateKernel = (delegate* unmanaged<nint, byte*, int*, nint>)Find("clCreateKernel");
        GetKernelInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Find("clGetKernelInfo");
        GetKernelWorkGroupInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Find("clGetKernelWorkGroupInfo");
        if (NativeLibrary.TryGetExport(library, "clGetKernelSubGroupInfo", out nint subGroupInfo))
            GetKernelSubGroupInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint, void*, nuint*, int>)subGroupInfo;
        ReleaseKernel = (delegate* unmanaged<nint, int>)Find("clReleaseKernel");
        SetKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)Find("clSetKernelArg");
        EnqueueNDRangeKernel = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)Find("clEnqueueNDRangeKernel");
        Flush = (delegate* unmanaged<nint, int>)Find("clFlush");
        Finish = (delegate* unmanaged<nint, int>)Find("clFinish");

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }
}
