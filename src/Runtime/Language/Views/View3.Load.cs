namespace KernelFoundry;

/// <content>Loads of values.</content>
public readonly partial struct View3<T>
{
    /// <summary>Loads the value as float.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="i2">Index along axis 2.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public float Load(int i0, int i1, int i2) => ViewAccess.Load<T, float, ElementPart.Value>(Data, i0, i1, i2);

    /// <summary>Loads the values as float. Two tile indices of one axis give their outer product; those of two axes go element by element.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="i2">Index or indices along axis 2.</param>
    /// <param name="mask">Where false, nothing is read.</param>
    /// <param name="other">The result where the mask is false.</param>
    /// <returns>A tile of the shape the indices give.</returns>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public Tile<float> Load(int i0, int i1, Tile<int> i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="Load(int, int, Tile{int}, Tile{bool}?, float)"/>
    public Tile<float> Load(int i0, Tile<int> i1, int i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="Load(int, int, Tile{int}, Tile{bool}?, float)"/>
    public Tile<float> Load(int i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="Load(int, int, Tile{int}, Tile{bool}?, float)"/>
    public Tile<float> Load(Tile<int> i0, int i1, int i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="Load(int, int, Tile{int}, Tile{bool}?, float)"/>
    public Tile<float> Load(Tile<int> i0, int i1, Tile<int> i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="Load(int, int, Tile{int}, Tile{bool}?, float)"/>
    public Tile<float> Load(Tile<int> i0, Tile<int> i1, int i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="Load(int, int, Tile{int}, Tile{bool}?, float)"/>
    public Tile<float> Load(Tile<int> i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null, float other = 0) =>
        ViewAccess.Load<T, float, ElementPart.Value>(Data, mask, other, i0, i1, i2);

    /// <summary>Loads the int of an int, sbyte or byte view.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="i2">Index along axis 2.</param>
    /// <returns>The int.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public int LoadInt(int i0, int i1, int i2) => ViewAccess.Load<T, int, ElementPart.Integer>(Data, i0, i1, i2);

    /// <summary>Loads the ints of an int, sbyte or byte view. Two tile indices of one axis give their outer product; those of two axes go element by element.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="i2">Index or indices along axis 2.</param>
    /// <param name="mask">Where false, nothing is read.</param>
    /// <param name="other">The result where the mask is false.</param>
    /// <returns>A tile of the shape the indices give.</returns>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public Tile<int> LoadInt(int i0, int i1, Tile<int> i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="LoadInt(int, int, Tile{int}, Tile{bool}?, int)"/>
    public Tile<int> LoadInt(int i0, Tile<int> i1, int i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="LoadInt(int, int, Tile{int}, Tile{bool}?, int)"/>
    public Tile<int> LoadInt(int i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="LoadInt(int, int, Tile{int}, Tile{bool}?, int)"/>
    public Tile<int> LoadInt(Tile<int> i0, int i1, int i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="LoadInt(int, int, Tile{int}, Tile{bool}?, int)"/>
    public Tile<int> LoadInt(Tile<int> i0, int i1, Tile<int> i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="LoadInt(int, int, Tile{int}, Tile{bool}?, int)"/>
    public Tile<int> LoadInt(Tile<int> i0, Tile<int> i1, int i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);

    /// <inheritdoc cref="LoadInt(int, int, Tile{int}, Tile{bool}?, int)"/>
    public Tile<int> LoadInt(Tile<int> i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null, int other = 0) =>
        ViewAccess.Load<T, int, ElementPart.Integer>(Data, mask, other, i0, i1, i2);
}
