namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// How the warps of a group share the sums of a product on instructions for matrices: so many warps down and across, each of so many sixteens of rows and of columns. For a step of
/// sixteen along the reduced axis a warp loads Blocks + Pairs times and multiplies 2 Blocks Pairs times.
/// </summary>
internal sealed record WarpGrid(int Down, int Across, int Blocks, int Pairs)
{
    /// <summary>Rows, and columns, that are loaded at once.</summary>
    public const int Side = 16;

    // Half of the registers that a work-item can have.
    private const int MostSums = 128;

    /// <summary>The grid with the fewest loads for so many rows (or more, to a multiple of sixteen) and columns, or null if their sums do not fit.</summary>
    public static WarpGrid? Of(int rows, int columns, int warps)
    {
        int blocks = (rows + Side - 1) / Side, pairs = columns / Side;
        if (columns % Side != 0)
            return null;
        return Enumerable.Range(1, warps).Where(down => warps % down == 0 && blocks % down == 0 && pairs % (warps / down) == 0)
            .Select(down => new WarpGrid(down, warps / down, blocks / down, pairs / (warps / down)))
            .Where(grid => grid.Pairs > 0 && grid.SumsOfLane <= MostSums)
            .OrderBy(grid => grid.Blocks + grid.Pairs).FirstOrDefault();
    }

    /// <summary>Sums that a work-item holds.</summary>
    public int SumsOfLane => Blocks * Pairs * Side * Side / Warp.Size;
}
