namespace KernelFoundry.Inference.Models;

/// <summary>
/// Whether products of one token must add up in the order that products of many have. Kernels for one token are faster, and some add up in another order. It holds
/// on the thread that launches a step, from before its launches until after them.
/// </summary>
internal static class ProductOrder
{
    [ThreadStatic]
    private static bool s_isFixed;

    public static bool IsFixed => s_isFixed;

    /// <summary>Sets it for a step.</summary>
    public static void Set(bool isFixed) => s_isFixed = isFixed;
}
