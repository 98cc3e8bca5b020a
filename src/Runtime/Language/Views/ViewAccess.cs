using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry;

/// <summary>
/// Loads and stores through a view: the definition of what indices mean. One tile index of one axis gives a tile of one axis; two of them, in
/// different axes of the view, give their outer product; tile indices of two axes go element by element and broadcast together. Every access
/// that is not masked off is checked against the extents.
/// </summary>
internal static unsafe class ViewAccess
{
    public static R Load<T, R, TPart>(in ViewData view, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
        where TPart : struct, IElementPart<R> => Load<T, R, TPart>(view, Element<T>.Codec, indices);

    public static R Load<T, R, TPart>(in ViewData view, ElementCodec codec, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
        where TPart : struct, IElementPart<R>
    {
        long element = 0;
        for (int axis = 0; axis < indices.Length; axis++)
            element += Offset<T>(view, axis, indices[axis].Value);
        R value = TPart.Read(codec, Address(view), element);
        KeepAlive(view);
        return value;
    }

    public static Tile<R> Load<T, R, TPart>(in ViewData view, Tile<bool>? mask, R other, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
        where R : unmanaged
        where TPart : struct, IElementPart<R> => Load<T, R, TPart>(view, Element<T>.Codec, mask, other, indices);

    public static Tile<R> Load<T, R, TPart>(in ViewData view, ElementCodec codec, Tile<bool>? mask, R other, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
        where R : unmanaged
        where TPart : struct, IElementPart<R>
    {
        TileShape shape = ShapeOf(indices);
        if (mask is not null)
            shape.Require(mask, "mask");
        byte* address = Address(view);
        var result = new R[shape.Count];
        int k = 0;
        for (int i = 0; i < shape.Extent0; i++)
        {
            for (int j = 0; j < shape.Extent1; j++, k++)
                result[k] = IsOn(mask, shape, i, j) ? TPart.Read(codec, address, ElementAt<T>(view, indices, i, j)) : other;
        }

        KeepAlive(view);
        return new Tile<R>(result, shape.Rank, shape.Extent0, shape.Extent1);
    }

    public static void Store<T>(in ViewData view, float value, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
    {
        long element = 0;
        for (int axis = 0; axis < indices.Length; axis++)
            element += Offset<T>(view, axis, indices[axis].Value);
        Element<T>.Codec.Store(Address(view), element, value);
        KeepAlive(view);
    }

    public static void StoreInt<T>(in ViewData view, int value, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
    {
        long element = 0;
        for (int axis = 0; axis < indices.Length; axis++)
            element += Offset<T>(view, axis, indices[axis].Value);
        Element<T>.Codec.StoreInt(Address(view), element, value);
        KeepAlive(view);
    }

    public static void Store<T>(in ViewData view, Tile<float> value, Tile<bool>? mask, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
    {
        TileShape shape = StoreShape(value, mask, indices);
        ElementCodec codec = Element<T>.Codec;
        byte* address = Address(view);
        var (row, column) = shape.StridesOf(value);
        for (int i = 0; i < shape.Extent0; i++)
        {
            for (int j = 0; j < shape.Extent1; j++)
            {
                if (IsOn(mask, shape, i, j))
                    codec.Store(address, ElementAt<T>(view, indices, i, j), value.Data[(i * row) + (j * column)]);
            }
        }

        KeepAlive(view);
    }

    public static void StoreInt<T>(in ViewData view, Tile<int> value, Tile<bool>? mask, params ReadOnlySpan<ViewIndex> indices)
        where T : unmanaged
    {
        TileShape shape = StoreShape(value, mask, indices);
        ElementCodec codec = Element<T>.Codec;
        byte* address = Address(view);
        var (row, column) = shape.StridesOf(value);
        for (int i = 0; i < shape.Extent0; i++)
        {
            for (int j = 0; j < shape.Extent1; j++)
            {
                if (IsOn(mask, shape, i, j))
                    codec.StoreInt(address, ElementAt<T>(view, indices, i, j), value.Data[(i * row) + (j * column)]);
            }
        }

        KeepAlive(view);
    }

    /// <summary>The shape that indices give, which is at least one axis here: the overloads without a tile index do not come this way.</summary>
    private static TileShape ShapeOf(ReadOnlySpan<ViewIndex> indices)
    {
        TileShape pointwise = default;
        int outer = 0;
        int extent0 = 1;
        int extent1 = 1;
        foreach (ViewIndex index in indices)
        {
            if (index.Tile is not { } tile)
                continue;
            if (tile.Rank == 2)
                pointwise = pointwise.With(TileShape.Of(tile));
            else if (outer++ == 0)
                extent0 = tile.Extent0;
            else
                extent1 = tile.Extent0;
        }

        if (pointwise.Rank == 0 && outer is 1 or 2)
            return new TileShape(outer, extent0, extent1);
        if (pointwise.Rank == 2 && outer == 0)
            return pointwise;
        throw new KernelExecutionException(outer > 2
            ? $"{outer} tile indices of one axis give a tile of {outer} axes; at most two are allowed."
            : "Tile indices of one axis and of two axes cannot be mixed: turn those of one axis into two with Row or Col.");
    }

    private static TileShape StoreShape<R>(Tile<R> value, Tile<bool>? mask, ReadOnlySpan<ViewIndex> indices)
        where R : unmanaged
    {
        TileShape shape = ShapeOf(indices);
        shape.Require(value, "value");
        if (mask is not null)
            shape.Require(mask, "mask");
        return shape;
    }

    private static bool IsOn(Tile<bool>? mask, TileShape shape, int i, int j)
    {
        if (mask is null)
            return true;
        var (row, column) = shape.StridesOf(mask);
        return mask.Data[(i * row) + (j * column)];
    }

    private static long ElementAt<T>(in ViewData view, ReadOnlySpan<ViewIndex> indices, int i, int j)
        where T : unmanaged
    {
        long element = 0;
        bool first = true;
        for (int axis = 0; axis < indices.Length; axis++)
        {
            int index = indices[axis].Value;
            if (indices[axis].Tile is { } tile)
            {
                if (tile.Rank == 2)
                {
                    index = tile.Data[((tile.Extent0 == 1 ? 0 : i) * tile.Extent1) + (tile.Extent1 == 1 ? 0 : j)];
                }
                else
                {
                    index = tile.Data[first ? i : j];
                    first = false;
                }
            }

            element += Offset<T>(view, axis, index);
        }

        return element;
    }

    private static long Offset<T>(in ViewData view, int axis, int index)
        where T : unmanaged
    {
        if ((uint)index >= (uint)view.Extents[axis])
            ThrowOutOfBounds<T>(view, axis, index);
        return index * view.Stride(axis);
    }

    [DoesNotReturn]
    private static void ThrowOutOfBounds<T>(in ViewData view, int axis, int index)
        where T : unmanaged => throw new KernelExecutionException($"Index {index} is outside axis {axis} (extent {view.Extents[axis]}) of a "
            + $"View{view.Rank}<{Element<T>.Name}> of shape {view.ShapeText}.");

    /// <summary>The last use of a view is where its address is taken: its memory must outlive the access itself.</summary>
    private static void KeepAlive(in ViewData view) => GC.KeepAlive(view.Memory);

    private static byte* Address(in ViewData view) => view.Memory is { } memory ? memory.RequireAddress() + view.ByteOffset : null;
}
