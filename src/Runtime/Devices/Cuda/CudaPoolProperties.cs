using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>CUmemPoolProps: 88 bytes, of which the last 64 are zero here (no limit, no special use).</summary>
[StructLayout(LayoutKind.Sequential, Size = 88)]
internal struct CudaPoolProperties
{
    /// <summary>CU_MEM_ALLOCATION_TYPE_PINNED is the only one there is.</summary>
    public int AllocationType;

    /// <summary>How other processes may reach it: not at all.</summary>
    public int HandleTypes;

    /// <summary>CU_MEM_LOCATION_TYPE_DEVICE.</summary>
    public int LocationType;

    /// <summary>The device's ordinal.</summary>
    public int LocationId;
}
