using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// Loads of one straight run of statements whose places differ by constants: they may be read together, where the first of them stands.
/// </summary>
/// <param name="Loads">The declarations, with the constant of each, in elements (bytes, of quantized data).</param>
internal sealed record PtxLoadGroup(List<(Let Let, int Distance)> Loads)
{
    /// <summary>Declarations that belong to groups, with their groups, by the identity of the statement.</summary>
    public static Dictionary<Let, PtxLoadGroup> NewTable() => new(new Identity());

    private sealed class Identity : IEqualityComparer<Let>
    {
        public bool Equals(Let? x, Let? y) => ReferenceEquals(x, y);

        public int GetHashCode(Let obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }
}
