using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>The views of a launch as a value that travels to a device.</summary>
/// <typeparam name="TView">Memory behind a view.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[StructLayout(LayoutKind.Sequential)]
public struct GroupViews<TView>
    where TView : struct
{
    /// <summary>View 0.</summary>
    public TView V0;

    /// <summary>View 1.</summary>
    public TView V1;

    /// <summary>View 2.</summary>
    public TView V2;

    /// <summary>View 3.</summary>
    public TView V3;

    /// <summary>View 4.</summary>
    public TView V4;

    /// <summary>View 5.</summary>
    public TView V5;

    /// <summary>View 6.</summary>
    public TView V6;

    /// <summary>View 7.</summary>
    public TView V7;

    /// <summary>View 8.</summary>
    public TView V8;

    /// <summary>View 9.</summary>
    public TView V9;

    /// <summary>View 10.</summary>
    public TView V10;

    /// <summary>View 11.</summary>
    public TView V11;

    /// <summary>View 12.</summary>
    public TView V12;

    /// <summary>View 13.</summary>
    public TView V13;

    /// <summary>View 14.</summary>
    public TView V14;

    /// <summary>View 15.</summary>
    public TView V15;

    /// <summary>A launch's views.</summary>
    /// <param name="views">One to <see cref="KernelArguments.MaxViews"/>; where there are fewer, the first fills the rest, which no code reads.</param>
    public GroupViews(ReadOnlySpan<TView> views)
    {
        ArgumentOutOfRangeException.ThrowIfZero(views.Length, nameof(views));
        V0 = views[0 < views.Length ? 0 : 0];
        V1 = views[1 < views.Length ? 1 : 0];
        V2 = views[2 < views.Length ? 2 : 0];
        V3 = views[3 < views.Length ? 3 : 0];
        V4 = views[4 < views.Length ? 4 : 0];
        V5 = views[5 < views.Length ? 5 : 0];
        V6 = views[6 < views.Length ? 6 : 0];
        V7 = views[7 < views.Length ? 7 : 0];
        V8 = views[8 < views.Length ? 8 : 0];
        V9 = views[9 < views.Length ? 9 : 0];
        V10 = views[10 < views.Length ? 10 : 0];
        V11 = views[11 < views.Length ? 11 : 0];
        V12 = views[12 < views.Length ? 12 : 0];
        V13 = views[13 < views.Length ? 13 : 0];
        V14 = views[14 < views.Length ? 14 : 0];
        V15 = views[15 < views.Length ? 15 : 0];
    }
}
