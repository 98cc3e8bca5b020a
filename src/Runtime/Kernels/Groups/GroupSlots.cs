using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// The argument slots of a launch (see <see cref="KernelArguments"/>) as a value that travels to a device: plain fields, since that is all every
/// compiler takes.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[StructLayout(LayoutKind.Sequential)]
public struct GroupSlots
{
    /// <summary>Slot 0.</summary>
    public long S0;

    /// <summary>Slot 1.</summary>
    public long S1;

    /// <summary>Slot 2.</summary>
    public long S2;

    /// <summary>Slot 3.</summary>
    public long S3;

    /// <summary>Slot 4.</summary>
    public long S4;

    /// <summary>Slot 5.</summary>
    public long S5;

    /// <summary>Slot 6.</summary>
    public long S6;

    /// <summary>Slot 7.</summary>
    public long S7;

    /// <summary>Slot 8.</summary>
    public long S8;

    /// <summary>Slot 9.</summary>
    public long S9;

    /// <summary>Slot 10.</summary>
    public long S10;

    /// <summary>Slot 11.</summary>
    public long S11;

    /// <summary>Slot 12.</summary>
    public long S12;

    /// <summary>Slot 13.</summary>
    public long S13;

    /// <summary>Slot 14.</summary>
    public long S14;

    /// <summary>Slot 15.</summary>
    public long S15;

    /// <summary>Slot 16.</summary>
    public long S16;

    /// <summary>Slot 17.</summary>
    public long S17;

    /// <summary>Slot 18.</summary>
    public long S18;

    /// <summary>Slot 19.</summary>
    public long S19;

    /// <summary>Slot 20.</summary>
    public long S20;

    /// <summary>Slot 21.</summary>
    public long S21;

    /// <summary>Slot 22.</summary>
    public long S22;

    /// <summary>Slot 23.</summary>
    public long S23;

    /// <summary>Slot 24.</summary>
    public long S24;

    /// <summary>Slot 25.</summary>
    public long S25;

    /// <summary>Slot 26.</summary>
    public long S26;

    /// <summary>Slot 27.</summary>
    public long S27;

    /// <summary>Slot 28.</summary>
    public long S28;

    /// <summary>Slot 29.</summary>
    public long S29;

    /// <summary>Slot 30.</summary>
    public long S30;

    /// <summary>Slot 31.</summary>
    public long S31;

    /// <summary>Slot 32.</summary>
    public long S32;

    /// <summary>Slot 33.</summary>
    public long S33;

    /// <summary>Slot 34.</summary>
    public long S34;

    /// <summary>Slot 35.</summary>
    public long S35;

    /// <summary>Slot 36.</summary>
    public long S36;

    /// <summary>Slot 37.</summary>
    public long S37;

    /// <summary>Slot 38.</summary>
    public long S38;

    /// <summary>Slot 39.</summary>
    public long S39;

    /// <summary>Slot 40.</summary>
    public long S40;

    /// <summary>Slot 41.</summary>
    public long S41;

    /// <summary>Slot 42.</summary>
    public long S42;

    /// <summary>Slot 43.</summary>
    public long S43;

    /// <summary>Slot 44.</summary>
    public long S44;

    /// <summary>Slot 45.</summary>
    public long S45;

    /// <summary>Slot 46.</summary>
    public long S46;

    /// <summary>Slot 47.</summary>
    public long S47;

    /// <summary>Slot 48.</summary>
    public long S48;

    /// <summary>Slot 49.</summary>
    public long S49;

    /// <summary>Slot 50.</summary>
    public long S50;

    /// <summary>Slot 51.</summary>
    public long S51;

    /// <summary>Slot 52.</summary>
    public long S52;

    /// <summary>Slot 53.</summary>
    public long S53;

    /// <summary>Slot 54.</summary>
    public long S54;

    /// <summary>Slot 55.</summary>
    public long S55;

    /// <summary>Slot 56.</summary>
    public long S56;

    /// <summary>Slot 57.</summary>
    public long S57;

    /// <summary>Slot 58.</summary>
    public long S58;

    /// <summary>Slot 59.</summary>
    public long S59;

    /// <summary>Slot 60.</summary>
    public long S60;

    /// <summary>Slot 61.</summary>
    public long S61;

    /// <summary>Slot 62.</summary>
    public long S62;

    /// <summary>Slot 63.</summary>
    public long S63;

    /// <summary>A launch's slots.</summary>
    /// <param name="slots">At most <see cref="KernelArguments.MaxSlots"/>.</param>
    /// <returns>The slots, zeros behind them.</returns>
    public static GroupSlots Of(ReadOnlySpan<long> slots)
    {
        GroupSlots all = default;
        slots.CopyTo(MemoryMarshal.CreateSpan(ref all.S0, KernelArguments.MaxSlots));
        return all;
    }
}
