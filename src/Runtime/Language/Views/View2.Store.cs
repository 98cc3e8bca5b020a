namespace KernelFoundry;

/// <content>Stores.</content>
public readonly partial struct View2<T>
{
    /// <summary>Stores a value, rounded to the element type (to nearest even).</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public void Store(int i0, int i1, float value) => ViewAccess.Store<T>(Data, value, i0, i1);

    /// <summary>Stores values, rounded to the element type (to nearest even).</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="value">The values, of the shape the indices give.</param>
    /// <param name="mask">Where false, nothing is written.</param>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public void Store(int i0, Tile<int> i1, Tile<float> value, Tile<bool>? mask = null) =>
        ViewAccess.Store<T>(Data, value, mask, i0, i1);

    /// <inheritdoc cref="Store(int, Tile{int}, Tile{float}, Tile{bool}?)"/>
    public void Store(Tile<int> i0, int i1, Tile<float> value, Tile<bool>? mask = null) =>
        ViewAccess.Store<T>(Data, value, mask, i0, i1);

    /// <inheritdoc cref="Store(int, Tile{int}, Tile{float}, Tile{bool}?)"/>
    public void Store(Tile<int> i0, Tile<int> i1, Tile<float> value, Tile<bool>? mask = null) =>
        ViewAccess.Store<T>(Data, value, mask, i0, i1);

    /// <summary>Stores an int; sbyte and byte saturate.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public void StoreInt(int i0, int i1, int value) => ViewAccess.StoreInt<T>(Data, value, i0, i1);

    /// <summary>Stores ints; sbyte and byte saturate.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="value">The values, of the shape the indices give.</param>
    /// <param name="mask">Where false, nothing is written.</param>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public void StoreInt(int i0, Tile<int> i1, Tile<int> value, Tile<bool>? mask = null) =>
        ViewAccess.StoreInt<T>(Data, value, mask, i0, i1);

    /// <inheritdoc cref="StoreInt(int, Tile{int}, Tile{int}, Tile{bool}?)"/>
    public void StoreInt(Tile<int> i0, int i1, Tile<int> value, Tile<bool>? mask = null) =>
        ViewAccess.StoreInt<T>(Data, value, mask, i0, i1);

    /// <inheritdoc cref="StoreInt(int, Tile{int}, Tile{int}, Tile{bool}?)"/>
    public void StoreInt(Tile<int> i0, Tile<int> i1, Tile<int> value, Tile<bool>? mask = null) =>
        ViewAccess.StoreInt<T>(Data, value, mask, i0, i1);
}
