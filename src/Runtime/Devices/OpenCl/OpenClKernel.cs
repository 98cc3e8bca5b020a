using System.Text;
using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>A built kernel and its limits.</summary>
internal sealed unsafe class OpenClKernel : IDisposable
{
    private nint program;

    public OpenClKernel(OpenClDevice device, nint program, OpenClCode code, string kernelName, int? workGroup = null)
    {
        this.program = program;
        WorkGroup = workGroup;
        int error;
        fixed (byte* name = Encoding.UTF8.GetBytes(code.EntryPoint + '\0'))
            Handle = OpenClLibrary.CreateKernel(program, name, &error);
        if (error != Success)
        {
            _ = OpenClLibrary.ReleaseProgram(program);
            throw new DeviceException(
                $"Kernel {kernelName} on device '{device.Name}': the built program has no entry point {code.EntryPoint}: {ErrorName(error)}",
                kernelName);
        }

        try
        {
            (ArgumentCount, MaxWorkGroup, StaticLocalBytes) = Limits(device.Handle);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public nint Handle { get; }

    public int ArgumentCount { get; }

    /// <summary>Work-items of the groups it was built for; null for as many as a launch says.</summary>
    public int? WorkGroup { get; }

    /// <summary>Largest work-group this kernel can run with on its device.</summary>
    public int MaxWorkGroup { get; }

    /// <summary>Local memory the kernel declares itself, without the argument's.</summary>
    public long StaticLocalBytes { get; }

    private (int Arguments, int WorkGroup, long LocalBytes) Limits(nint device)
    {
        uint arguments;
        OpenClPlatform.Check(OpenClLibrary.GetKernelInfo(Handle, KernelNumArgs, sizeof(uint), &arguments, null), "clGetKernelInfo");
        nuint workGroup;
        OpenClPlatform.Check(
            OpenClLibrary.GetKernelWorkGroupInfo(Handle, device, KernelWorkGroupSize, (nuint)sizeof(nuint), &workGroup, null), "clGetKernelWorkGroupInfo");
        ulong local;
        OpenClPlatform.Check(OpenClLibrary.GetKernelWorkGroupInfo(Handle, device, KernelLocalMemSize, sizeof(ulong), &local, null), "clGetKernelWorkGroupInfo");
        return ((int)arguments, (int)workGroup, (long)local);
    }

    /// <summary>Number of work-items in a sub-group of work-groups of a size; 0 if the driver does not say.</summary>
    public int SubGroupSize(nint device, int workGroup)
    {
        if (OpenClLibrary.GetKernelSubGroupInfo == null)
            return 0;
        nuint* local = stackalloc nuint[3] { (nuint)workGroup, 1, 1 };
        nuint size;
        int error = OpenClLibrary.GetKernelSubGroupInfo(
            Handle, device, KernelMaxSubGroupSizeForNdRange, (nuint)(3 * sizeof(nuint)), local, (nuint)sizeof(nuint), &size, null);
        return error == Success ? (int)size : 0;
    }

    public void Dispose()
    {
        if (program == 0)
            return;
        _ = OpenClLibrary.ReleaseKernel(Handle);
        _ = OpenClLibrary.ReleaseProgram(program);
        program = 0;
    }
}
