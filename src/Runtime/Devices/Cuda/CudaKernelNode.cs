using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>CUDA_KERNEL_NODE_PARAMS_v1: a launch as a node of a graph. The driver copies the parameters' values.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaKernelNode
{
    public nint Function;
    public uint GridX;
    public uint GridY;
    public uint GridZ;
    public uint BlockX;
    public uint BlockY;
    public uint BlockZ;
    public uint SharedBytes;
    public void** Parameters;
    public void** Extra;
}
