namespace KernelFoundry.Testing.Ptx;

/// <summary>The special registers an entry reads, and where they lie in the register file.</summary>
internal sealed class PtxSpecials
{
    private static readonly string[] Names =
    [
        "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z",
        "%laneid", "%warpid", "WARP_SZ",
    ];

    private readonly Dictionary<string, int> offsets = [];

    public static bool IsSpecial(string name) => Names.Contains(name);

    /// <summary>Where a special register lies, from where it is first read on.</summary>
    public int Offset(string name, Func<int> allocate) =>
        offsets.TryGetValue(name, out int offset) ? offset : offsets[name] = allocate();

    public void Fill(PtxWarp warp, (uint X, uint Y, uint Z) block, (uint X, uint Y, uint Z) grid, int threads)
    {
        foreach ((string name, int offset) in offsets)
        {
            warp.Set(offset, name switch
            {
                "%tid.x" => lane => warp.FirstThread + lane,
                "%ntid.x" => _ => threads,
                "%ntid.y" or "%ntid.z" => _ => 1,
                "%ctaid.x" => _ => (int)block.X,
                "%ctaid.y" => _ => (int)block.Y,
                "%ctaid.z" => _ => (int)block.Z,
                "%nctaid.x" => _ => (int)grid.X,
                "%nctaid.y" => _ => (int)grid.Y,
                "%nctaid.z" => _ => (int)grid.Z,
                "%laneid" => lane => lane,
                "%warpid" => _ => warp.FirstThread / PtxWarp.Lanes,
                "WARP_SZ" => _ => PtxWarp.Lanes,
                _ => _ => 0,
            });
        }
    }
}
