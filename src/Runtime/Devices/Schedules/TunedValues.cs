namespace KernelFoundry;

/// <summary>What a kernel is tuned to on one device.</summary>
/// <param name="owner">The device's schedules.</param>
/// <param name="values">The values of its tunable parameters, in their order; replaced, never changed.</param>
internal sealed class TunedValues(KernelSchedules owner, int[] values)
{
    private volatile int[] values = values;

    public KernelSchedules Owner { get; } = owner;

    public int[] Values
    {
        get => values;
        set => values = value;
    }
}
