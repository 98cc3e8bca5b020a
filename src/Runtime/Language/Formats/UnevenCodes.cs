using static KernelFoundry.Ops;

namespace KernelFoundry;

/// <summary>The uneven codes of <see cref="IQ4_NL"/> and <see cref="IQ4_XS"/>. Source: ggml, kvalues_iq4nl.</summary>
internal static class UnevenCodes
{
    public static readonly CodeGrid Grid = CodeGrid.Of([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]);

    /// <summary>The code that the low four bits of an index stand for.</summary>
    [DeviceFunction]
    public static int Of(int index) => Lookup(index, -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
}
