using System.ComponentModel;

namespace KernelFoundry;

/// <summary>Words at any byte of a view, as quantized data has them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GroupBytes
{
    /// <summary>Two bytes from an offset in bytes on, the least first; zero-extended.</summary>
    public static int Pair<TGroup, TView, TLocal>(TView view, long offset)
        where TGroup : struct, IGroup<TView, TLocal>
        where TView : struct
        where TLocal : struct => TGroup.LoadByte(view, offset) | (TGroup.LoadByte(view, offset + 1) << 8);

    /// <summary>Four bytes from an offset in bytes on, the least first.</summary>
    public static int Four<TGroup, TView, TLocal>(TView view, long offset)
        where TGroup : struct, IGroup<TView, TLocal>
        where TView : struct
        where TLocal : struct => Pair<TGroup, TView, TLocal>(view, offset) | (Pair<TGroup, TView, TLocal>(view, offset + 2) << 16);
}
