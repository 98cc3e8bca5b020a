namespace KernelFoundry;

/// <summary>Something kernels run on.</summary>
public abstract class Device
{
    private protected Device(string name) => Name = name;

    /// <summary>The device's name.</summary>
    public string Name { get; }
}
