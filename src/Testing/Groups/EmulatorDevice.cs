namespace KernelFoundry.Testing;

/// <summary>
/// Runs the group code that ILGPU would compile, work-group by work-group: bounds, races in a group's memory and reads of what nothing has written
/// are errors. Kernels have group code where a project asks for it with the property KernelFoundryGroupCode.
/// </summary>
internal sealed unsafe class EmulatorDevice() : Device(
    new DeviceInfo
    {
        Kind = DeviceKind.Ilgpu,
        Name = "Ilgpu emulator",
        ComputeUnits = 1,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
    },
    null)
{
    /// <inheritdoc/>
    public override bool SharesHostMemory => true;

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    private protected override bool CanUse(DeviceMemory memory) => memory.IsHostAddressable;

    private protected override DeviceMemory AllocateCore(long byteLength) => new NativeHostMemory(this, byteLength);

    private protected override void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments)
    {
        GroupCode code = GroupCodes.Find(kernel.Kernel, variant) ?? throw NoCode(kernel, variant, DeviceKind.Ilgpu);
        LaunchShape shape = default;
        fixed (long* slots = &arguments.FirstSlot)
            code.Plan(slots, &shape);
        if (!shape.IsEmpty)
            code.With(new Grid(new GroupViews<EmulatedView>(Views(code, arguments)), GroupSlots.Of(arguments.Slots), shape));
    }

    private protected override void Close()
    {
    }

    private static EmulatedView[] Views(GroupCode code, in KernelArguments arguments)
    {
        var views = new List<EmulatedView>();
        ReadOnlySpan<SlotKind> kinds = arguments.Kinds;
        for (int i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] == SlotKind.Pointer)
                views.Add(View(arguments.Slots[i..], Rank(kinds[i..]), views.Count, code.ViewBlocks));
        }

        return [.. views];
    }

    private static int Rank(ReadOnlySpan<SlotKind> kinds)
    {
        int rank = 0;
        while (rank + 1 < kinds.Length && kinds[rank + 1] == SlotKind.Extent)
            rank++;
        return rank;
    }

    // Slots: pointer, extents, strides of all axes but the last. The view ends behind the last element of its last row, or of its last panel, whose
    // rows are counted together.
    private static EmulatedView View(ReadOnlySpan<long> slots, int rank, int number, IReadOnlyList<int> blocks)
    {
        int together = blocks[(3 * number) + 2];
        long elements = slots[rank] * together;
        bool isEmpty = elements == 0;
        for (int axis = 0; axis < rank - 1; axis++)
        {
            long count = axis == 0 ? (slots[1] + together - 1) / together : slots[1 + axis];
            elements += (count - 1) * slots[1 + rank + axis];
            isEmpty |= slots[1 + axis] == 0;
        }

        return new EmulatedView((byte*)slots[0], isEmpty ? 0 : elements / blocks[3 * number] * blocks[(3 * number) + 1], number);
    }

    private sealed class Grid(GroupViews<EmulatedView> views, GroupSlots slots, LaunchShape shape) : IGroupKernelUse<long>
    {
        public long Of<TKernel>()
            where TKernel : struct, IGroupKernel
        {
            long number = 0;
            for (int z = 0; z < shape.Grid2; z++)
            {
                for (int y = 0; y < shape.Grid1; y++)
                {
                    for (int x = 0; x < shape.Grid0; x++)
                        EmulatedPrimitives.Run<TKernel>(new EmulatedGroup(x, y, z, shape.LocalBytes, isBackward: number++ % 2 == 1), views, slots);
                }
            }

            return number;
        }
    }
}
