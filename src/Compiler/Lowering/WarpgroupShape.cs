namespace KernelFoundry.Compiler.Lowering;

/// <summary>How warpgroups share the sums of a product, 64 rows and all columns each: so many warpgroups, and so many columns.</summary>
internal sealed record WarpgroupShape(int Warpgroups, int Columns)
{
    /// <summary>Rows of a product of a warpgroup.</summary>
    public const int Rows = 64;

    /// <summary>Warps of a warpgroup.</summary>
    public const int Warps = 4;

    /// <summary>Whether there are products of so many columns: what is worth a warpgroup, up to half of the registers that a work-item can have.</summary>
    public static bool Takes(int columns) => columns is 128 or 256;

    /// <summary>The shape for so many rows and columns, or null if there is none.</summary>
    public static WarpgroupShape? Of(int rows, int columns) => rows > 0 && rows % Rows == 0 && Takes(columns) ? new WarpgroupShape(rows / Rows, columns) : null;

    /// <summary>Work-items of all warpgroups.</summary>
    public int WorkGroup => Warpgroups * Warps * Warp.Size;
}
