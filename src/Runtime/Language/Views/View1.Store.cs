namespace KernelFoundry;

/// <content>Stores.</content>
public readonly partial struct View1<T>
{
    /// <summary>Stores a value, rounded to the element type (to nearest even).</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public void Store(int i0, float value) => ViewAccess.Store<T>(Data, value, i0);

    /// <summary>Stores values, rounded to the element type (to nearest even).</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="value">The values, of the shape the indices give.</param>
    /// <param name="mask">Where false, nothing is written.</param>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public void Store(Tile<int> i0, Tile<float> value, Tile<bool>? mask = null) =>
        ViewAccess.Store<T>(Data, value, mask, i0);

    /// <summary>Stores an int; sbyte and byte saturate.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public void StoreInt(int i0, int value) => ViewAccess.StoreInt<T>(Data, value, i0);

    /// <summary>Stores ints; sbyte and byte saturate.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="value">The values, of the shape the indices give.</param>
    /// <param name="mask">Where false, nothing is written.</param>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public void StoreInt(Tile<int> i0, Tile<int> value, Tile<bool>? mask = null) =>
        ViewAccess.StoreInt<T>(Data, value, mask, i0);
}
