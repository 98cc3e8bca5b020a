using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <summary>
/// The arguments of one launch, flattened into 64-bit slots in the order of the parameters. A view of rank r takes 2r slots: its pointer, r
/// extents, r - 1 strides in elements. A scalar takes one: ints sign-extended, uints zero-extended, floats as their bits, bools as 0 or 1.
/// What a device is tuned to follows, one slot a schedule parameter with choices. Lives on the stack; adding allocates nothing.
/// </summary>
public unsafe struct KernelArguments
{
    /// <summary>Most slots a kernel may have.</summary>
    public const int MaxSlots = 64;

    /// <summary>Most views a kernel may have, functors' included.</summary>
    public const int MaxViews = 16;

    /// <summary>Most specialized parameters a kernel may have.</summary>
    public const int MaxSpecialized = 8;

    private SlotValues slots;
    private SlotKinds kinds;
    private ViewMemories memories;
    private SpecializedValues specialized;
    private int slotCount;
    private int viewCount;
    private int specializedCount;

    /// <summary>Number of slots filled.</summary>
    public readonly int SlotCount => slotCount;

    /// <summary>The slots filled, for tests and logs.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<long> Slots => ((ReadOnlySpan<long>)slots)[..slotCount];

    /// <summary>The values of the specialized parameters, in their order.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<int> Specialized => ((ReadOnlySpan<int>)specialized)[..specializedCount];

    [UnscopedRef]
    internal readonly ReadOnlySpan<SlotKind> Kinds => ((ReadOnlySpan<SlotKind>)kinds)[..slotCount];

    /// <summary>The memory behind each pointer slot, in order; null for default views.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<DeviceMemory?> Memories => ((ReadOnlySpan<DeviceMemory?>)memories)[..viewCount];

    [UnscopedRef]
    internal readonly ref readonly long FirstSlot => ref ((ReadOnlySpan<long>)slots)[0];

    /// <summary>Adds a view.</summary>
    /// <param name="view">The view.</param>
    /// <typeparam name="T">Its element type.</typeparam>
    public void Add<T>(in View1<T> view)
        where T : unmanaged => AddView(view.Data);

    /// <inheritdoc cref="Add{T}(in View1{T})"/>
    public void Add<T>(in View2<T> view)
        where T : unmanaged => AddView(view.Data);

    /// <inheritdoc cref="Add{T}(in View1{T})"/>
    public void Add<T>(in View3<T> view)
        where T : unmanaged => AddView(view.Data);

    /// <inheritdoc cref="Add{T}(in View1{T})"/>
    public void Add<T>(in View4<T> view)
        where T : unmanaged => AddView(view.Data);

    /// <summary>Adds a matrix in panels.</summary>
    /// <param name="panels">The matrix.</param>
    /// <typeparam name="T">Its quantization format.</typeparam>
    public void Add<T>(in Panels<T> panels)
        where T : unmanaged => AddView(panels.Data);

    /// <summary>Adds a matrix in panels that takes a whole memory, where the element type is known by name only.</summary>
    /// <param name="memory">The panels.</param>
    /// <param name="element">The quantization format.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <exception cref="ArgumentException">The memory has another length than the panels.</exception>
    public void AddPanels(DeviceMemory memory, ElementInfo element, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(element);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(element.Bytes(Panels.Rows * (long)columns), Array.MaxLength, nameof(columns));
        long needed = element.Bytes(((long)rows + Panels.Rows - 1) / Panels.Rows * Panels.Rows * columns);
        if (memory.ByteLength != needed)
            throw new ArgumentException($"Panels of {element.Name} with shape [{rows}, {columns}] take {needed} bytes, but the memory has {memory.ByteLength}.");
        AddView(new ViewData(memory, 0, [rows, columns], [Panels.Rows * (long)columns]));
    }

    /// <summary>Adds a view of a whole memory, row-major without gaps, where the element type is known by name only.</summary>
    /// <param name="memory">The elements.</param>
    /// <param name="element">Their type.</param>
    /// <param name="extents">Elements along each axis, one to four.</param>
    /// <exception cref="ArgumentException">The memory has another length than the elements.</exception>
    public void Add(DeviceMemory memory, ElementInfo element, params ReadOnlySpan<int> extents)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(element);
        ArgumentOutOfRangeException.ThrowIfZero(extents.Length, nameof(extents));
        Span<long> strides = stackalloc long[extents.Length - 1];
        long count = extents[^1];
        for (int axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = count;
            count *= extents[axis];
        }

        if (memory.ByteLength != element.Bytes(count))
        {
            throw new ArgumentException($"A view of {element.Name} with shape [{string.Join(", ", extents.ToArray())}] takes "
                + $"{element.Bytes(count)} bytes, but the memory has {memory.ByteLength}.");
        }

        AddView(new ViewData(memory, 0, extents, strides));
    }

    /// <summary>Adds a scalar.</summary>
    /// <param name="value">Its value.</param>
    public void Add(int value) => AddSlot(value, SlotKind.Int);

    /// <inheritdoc cref="Add(int)"/>
    public void Add(uint value) => AddSlot(value, SlotKind.UInt);

    /// <inheritdoc cref="Add(int)"/>
    public void Add(float value) => AddSlot(BitConverter.SingleToUInt32Bits(value), SlotKind.Float);

    /// <inheritdoc cref="Add(int)"/>
    public void Add(bool value) => AddSlot(value ? 1 : 0, SlotKind.Bool);

    /// <summary>Adds the value of a specialized parameter: a slot like any int's, and what the variant is chosen by.</summary>
    /// <param name="value">Its value.</param>
    public void AddSpecialized(int value)
    {
        if (specializedCount == MaxSpecialized)
            ThrowTooMany("specialized parameters", MaxSpecialized);
        specialized[specializedCount++] = value;
        AddSlot(value, SlotKind.Int);
    }

    /// <summary>Adds a functor's fields.</summary>
    /// <param name="functor">The functor.</param>
    /// <typeparam name="TFunctor">Its type.</typeparam>
    public void AddFunctor<TFunctor>(in TFunctor functor)
        where TFunctor : struct => FunctorRegistry<TFunctor>.Flatten(functor, ref this);

    /// <summary>Writes what a kernel is tuned to behind the arguments, of which it is no part: another launch of them may be tuned otherwise.</summary>
    internal void Follow(ReadOnlySpan<int> tuned)
    {
        if (slotCount + tuned.Length > MaxSlots)
            ThrowTooMany("slots", MaxSlots);
        for (int i = 0; i < tuned.Length; i++)
            slots[slotCount + i] = tuned[i];
    }

    private void AddView(in ViewData view)
    {
        if (viewCount == MaxViews)
            ThrowTooMany("views", MaxViews);

        // The address is the host's; devices that do not share it read the memory and the byte offset instead.
        long pointer = view.ByteOffset;
        if (view.Memory is { } memory)
        {
            memory.RequireUsable();
            pointer += (long)memory.Address;
        }

        memories[viewCount++] = view.Memory;
        AddSlot(pointer, SlotKind.Pointer);
        for (int axis = 0; axis < view.Rank; axis++)
            AddSlot(view.Extents[axis], SlotKind.Extent);
        for (int axis = 0; axis < view.Rank - 1; axis++)
            AddSlot(view.Strides[axis], SlotKind.Stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSlot(long value, SlotKind kind)
    {
        int i = slotCount;
        if (i == MaxSlots)
            ThrowTooMany("slots", MaxSlots);
        slots[i] = value;
        kinds[i] = kind;
        slotCount = i + 1;
    }

    [DoesNotReturn]
    private static void ThrowTooMany(string what, int most) => throw new InvalidOperationException($"A launch has at most {most} {what}.");

    [InlineArray(MaxSlots)]
    private struct SlotValues
    {
        private long first;
    }

    [InlineArray(MaxSlots)]
    private struct SlotKinds
    {
        private SlotKind first;
    }

    [InlineArray(MaxViews)]
    private struct ViewMemories
    {
        private DeviceMemory? first;
    }

    [InlineArray(MaxSpecialized)]
    private struct SpecializedValues
    {
        private int first;
    }
}
