namespace KernelFoundry;

/// <summary>What an argument slot holds: devices that copy arguments need their sizes, and logs their meaning.</summary>
internal enum SlotKind : byte
{
    Pointer,
    Extent,
    Stride,
    Int,
    UInt,
    Float,
    Bool,
}
