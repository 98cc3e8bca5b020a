namespace KernelFoundry.Testing;

/// <summary>Something a kernel can be tested on: a device, or an interpreter of one of the compiler's forms.</summary>
public abstract class TestTarget
{
    private protected TestTarget(string name, long workLimit)
    {
        Name = name;
        WorkLimit = workLimit;
    }

    /// <summary>How test names call it.</summary>
    public string Name { get; }

    /// <summary>Largest product of the extents of a test's axes; larger tests are shrunk.</summary>
    internal long WorkLimit { get; }

    /// <summary>Whether a variant that has not run yet takes seconds to compile.</summary>
    internal virtual bool IsSlowToCompile => false;

    /// <summary>Whether a kernel has code for it, for some type arguments.</summary>
    internal virtual bool Runs(KernelDefinition kernel, string typeKey) => true;

    /// <summary>Whether it runs code with instructions on matrices, for which a kernel may say that operands are rounded.</summary>
    internal virtual bool RoundsProducts(KernelDefinition kernel, string typeKey) => false;

    /// <summary>Whether it takes the values of <see cref="KernelTest.Schedule"/>.</summary>
    public virtual bool IsTunable => false;

    /// <summary>Whether GPUs differ in which PTX of a kernel they run, and those from a compute capability on have one of their own.</summary>
    private protected static bool HasNewerPtx(KernelDefinition kernel, string typeKey, int target = 80) =>
        kernel.Variants.Any(variant => variant.TypeKey == typeKey && variant.Cuda.Any(code => code.Target >= target));

    /// <summary>A device as a target.</summary>
    /// <param name="device">The device, open for as long as tests run.</param>
    /// <returns>The target.</returns>
    public static TestTarget For(Device device) => new DeviceTarget(device);

    /// <summary>The name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;

    /// <summary>Runs a kernel and gives the memory of each view afterwards.</summary>
    internal abstract IReadOnlyDictionary<string, byte[]> Run(KernelInputs inputs, IReadOnlyDictionary<string, TensorImage> images);
}
