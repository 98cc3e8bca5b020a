namespace KernelFoundry.Testing;

/// <summary>What the work-items of a group keep from one loop over them to another, and shuffle.</summary>
internal sealed class EmulatedRegisters
{
    private readonly Dictionary<(int Register, int Item), int> kept = [];

    public int Keep(int register, int item, int bits) => kept[(register, item)] = bits;

    public int Kept(int register, int item) => kept.TryGetValue((register, item), out int bits)
        ? bits
        : throw new KernelExecutionException($"Group code took from work-item {item} what it had not kept.");
}
