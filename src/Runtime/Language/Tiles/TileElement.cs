using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <summary>The element types tiles may have, and the error for operations one of them lacks.</summary>
internal static class TileElement
{
    public static void Require<T>()
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(int) && typeof(T) != typeof(uint) && typeof(T) != typeof(bool)
            && typeof(T) != typeof(sbyte))
        {
            throw new KernelExecutionException($"A tile cannot hold {typeof(T)}: its elements are float, int, uint, bool or sbyte.");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static KernelExecutionException Lacks<T>(string operation) => new($"Tile<{typeof(T).Name}> has no operator {operation}.");
}
