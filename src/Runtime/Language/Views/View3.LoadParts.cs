namespace KernelFoundry;

/// <content>Loads of the parts of quantized elements.</content>
public readonly partial struct View3<T>
{
    /// <summary>Loads the code of a quantized view, or the value of an sbyte view.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="i2">Index along axis 2.</param>
    /// <returns>The code.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public sbyte LoadCode(int i0, int i1, int i2) => ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, i0, i1, i2);

    /// <summary>Loads the codes of a quantized view, or the values of an sbyte view. Two tile indices of one axis give their outer product; those of two axes go element by element.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="i2">Index or indices along axis 2.</param>
    /// <param name="mask">Where false, nothing is read.</param>
    /// <returns>A tile of the shape the indices give.</returns>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public Tile<sbyte> LoadCode(int i0, int i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <inheritdoc cref="LoadCode(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<sbyte> LoadCode(int i0, Tile<int> i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <inheritdoc cref="LoadCode(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<sbyte> LoadCode(int i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <inheritdoc cref="LoadCode(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<sbyte> LoadCode(Tile<int> i0, int i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <inheritdoc cref="LoadCode(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<sbyte> LoadCode(Tile<int> i0, int i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <inheritdoc cref="LoadCode(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<sbyte> LoadCode(Tile<int> i0, Tile<int> i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <inheritdoc cref="LoadCode(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<sbyte> LoadCode(Tile<int> i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, sbyte, ElementPart.Code>(Data, mask, (sbyte)0, i0, i1, i2);

    /// <summary>Loads the scale of a quantized view at an element.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="i2">Index along axis 2.</param>
    /// <returns>The scale.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public float LoadScale(int i0, int i1, int i2) => ViewAccess.Load<T, float, ElementPart.Scale>(Data, i0, i1, i2);

    /// <summary>Loads the scales of a quantized view, one an element. Two tile indices of one axis give their outer product; those of two axes go element by element.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="i2">Index or indices along axis 2.</param>
    /// <param name="mask">Where false, nothing is read.</param>
    /// <returns>A tile of the shape the indices give.</returns>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public Tile<float> LoadScale(int i0, int i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadScale(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadScale(int i0, Tile<int> i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadScale(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadScale(int i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadScale(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadScale(Tile<int> i0, int i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadScale(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadScale(Tile<int> i0, int i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadScale(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadScale(Tile<int> i0, Tile<int> i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadScale(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadScale(Tile<int> i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Scale>(Data, mask, 0, i0, i1, i2);

    /// <summary>Loads the offset of a quantized view at an element.</summary>
    /// <param name="i0">Index along axis 0.</param>
    /// <param name="i1">Index along axis 1.</param>
    /// <param name="i2">Index along axis 2.</param>
    /// <returns>The offset.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public float LoadOffset(int i0, int i1, int i2) => ViewAccess.Load<T, float, ElementPart.Offset>(Data, i0, i1, i2);

    /// <summary>Loads the offsets of a quantized view, one an element. Two tile indices of one axis give their outer product; those of two axes go element by element.</summary>
    /// <param name="i0">Index or indices along axis 0.</param>
    /// <param name="i1">Index or indices along axis 1.</param>
    /// <param name="i2">Index or indices along axis 2.</param>
    /// <param name="mask">Where false, nothing is read.</param>
    /// <returns>A tile of the shape the indices give.</returns>
    /// <exception cref="KernelExecutionException">An index that is not masked off is outside its extent, or shapes do not match.</exception>
    public Tile<float> LoadOffset(int i0, int i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadOffset(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadOffset(int i0, Tile<int> i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadOffset(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadOffset(int i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadOffset(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadOffset(Tile<int> i0, int i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadOffset(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadOffset(Tile<int> i0, int i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadOffset(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadOffset(Tile<int> i0, Tile<int> i1, int i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);

    /// <inheritdoc cref="LoadOffset(int, int, Tile{int}, Tile{bool}?)"/>
    public Tile<float> LoadOffset(Tile<int> i0, Tile<int> i1, Tile<int> i2, Tile<bool>? mask = null) =>
        ViewAccess.Load<T, float, ElementPart.Offset>(Data, mask, 0, i0, i1, i2);
}
