using System.ComponentModel;

namespace KernelFoundry;

/// <summary>
/// What generated group code needs of whatever runs it: ILGPU's compiler, or the emulator of tests. One call of a kernel's Run is one work-item on
/// ILGPU and a whole work-group in the emulator; the code between two barriers is a loop from <see cref="First"/> over <see cref="Next"/>, of one
/// turn on ILGPU and of one a work-item in the emulator. What all work-items do alike stands outside such loops.
/// </summary>
/// <typeparam name="TView">Memory behind a view, from its element 0 on.</typeparam>
/// <typeparam name="TLocal">Memory the work-items of a group share, in words of four bytes.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGroup<TView, TLocal> : IGroupMath
    where TView : struct
    where TLocal : struct
{
    /// <summary>The program's index along a grid axis.</summary>
    static abstract int Program(int axis);

    /// <summary>The first work-item to run of a group of so many.</summary>
    static abstract int First(int workGroup);

    /// <summary>The work-item to run after another; negative if there is none.</summary>
    static abstract int Next(int item, int workGroup);

    /// <summary>All work-items meet here, and what was written before is seen after.</summary>
    static abstract void Barrier();

    /// <summary>Keeps a work-item's float for a later loop over the items, in one of its registers; the float.</summary>
    static abstract float KeepFloat(int register, int item, float value);

    /// <summary>Keeps a work-item's int.</summary>
    static abstract int KeepInt(int register, int item, int value);

    /// <summary>What the work-item has kept in a register; where it runs by itself, <paramref name="own"/>, which is that.</summary>
    static abstract float KeptFloat(int register, int item, float own);

    /// <summary>The int that the work-item has kept.</summary>
    static abstract int KeptInt(int register, int item, int own);

    /// <summary>
    /// What the work-item whose number differs in the bits of a mask, 1 to 16, has kept in a register. All work-items of the group come here. From the word
    /// <paramref name="exchange"/> on, the group's memory has one for each of them.
    /// </summary>
    static abstract float ShuffleXorFloat(TLocal local, int exchange, int register, int item, float own, int mask);

    /// <summary>The int of that work-item.</summary>
    static abstract int ShuffleXorInt(TLocal local, int exchange, int register, int item, int own, int mask);

    /// <summary>The group's memory, so many words, a constant.</summary>
    static abstract TLocal Local(int words);

    /// <summary>The group's memory, as many bytes as the launch's plan says.</summary>
    static abstract TLocal LocalOfLaunch();

    /// <summary>Reads an int of the group's memory.</summary>
    static abstract int GetInt(TLocal local, int index);

    /// <summary>Reads a float of the group's memory.</summary>
    static abstract float GetFloat(TLocal local, int index);

    /// <summary>Writes an int of the group's memory.</summary>
    static abstract void PutInt(TLocal local, int index, int value);

    /// <summary>Writes a float of the group's memory.</summary>
    static abstract void PutFloat(TLocal local, int index, float value);

    /// <summary>Reads the byte at an index.</summary>
    static abstract int LoadByte(TView view, long index);

    /// <summary>Reads two bytes, zero-extended; the index counts pairs.</summary>
    static abstract int LoadShort(TView view, long index);

    /// <summary>Reads four bytes; the index counts fours.</summary>
    static abstract int LoadInt(TView view, long index);

    /// <summary>Reads a float; the index counts fours of bytes.</summary>
    static abstract float LoadFloat(TView view, long index);

    /// <summary>Writes the least byte of a value.</summary>
    static abstract void StoreByte(TView view, long index, int value);

    /// <summary>Writes the two least bytes of a value; the index counts pairs.</summary>
    static abstract void StoreShort(TView view, long index, int value);

    /// <summary>Writes four bytes; the index counts fours.</summary>
    static abstract void StoreInt(TView view, long index, int value);

    /// <summary>Writes a float; the index counts fours of bytes.</summary>
    static abstract void StoreFloat(TView view, long index, float value);
}
