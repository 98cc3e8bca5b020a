using System.ComponentModel;

namespace KernelFoundry;

/// <summary>A kernel variant compiled to group code: C# for ILGPU and for the emulator of tests.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGroupKernel
{
    /// <summary>Runs a work-item, or a whole group: see <see cref="IGroup{TView, TLocal}"/>.</summary>
    /// <param name="views">The views, in the order of their slots.</param>
    /// <param name="slots">The argument slots.</param>
    /// <typeparam name="TGroup">What runs it.</typeparam>
    /// <typeparam name="TView">Memory behind a view.</typeparam>
    /// <typeparam name="TLocal">Memory of a group.</typeparam>
    static abstract void Run<TGroup, TView, TLocal>(GroupViews<TView> views, GroupSlots slots)
        where TGroup : struct, IGroup<TView, TLocal>
        where TView : struct
        where TLocal : struct;
}
