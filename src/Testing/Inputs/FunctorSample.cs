namespace KernelFoundry.Testing;

/// <summary>
/// Where a functor's fields come from in a test: extents of the test's axes, and views of random numbers on the test's device.
/// </summary>
public sealed class FunctorSample
{
    private readonly IReadOnlyDictionary<string, int> axes;
    private readonly Device device;
    private readonly Random random;
    private readonly List<DeviceMemory> memories;

    internal FunctorSample(IReadOnlyDictionary<string, int> axes, Device device, int seed, List<DeviceMemory> memories)
    {
        this.axes = axes;
        this.device = device;
        random = new Random(seed);
        this.memories = memories;
    }

    /// <summary>The extent of a test axis.</summary>
    /// <param name="name">The axis.</param>
    /// <returns>Its extent in this test.</returns>
    public int Axis(string name) => axes.TryGetValue(name, out int extent)
        ? extent
        : throw new KeyNotFoundException($"The kernel has no axis '{name}'; it has {string.Join(", ", axes.Keys)}.");

    /// <summary>A view of random elements.</summary>
    /// <param name="axis">The test axis whose extent it has.</param>
    /// <typeparam name="T">Element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View1<T> View1<T>(string axis)
        where T : unmanaged => (View1<T>)View<T>([Axis(axis)], null, null);

    /// <summary>A view of random elements.</summary>
    /// <param name="extent">Its extent, where that is not a test axis's.</param>
    /// <param name="low">Lowest element; null for any.</param>
    /// <param name="high">Highest element, exclusive for integers; null for any.</param>
    /// <typeparam name="T">Element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View1<T> View1<T>(int extent, double? low = null, double? high = null)
        where T : unmanaged => (View1<T>)View<T>([extent], low, high);

    /// <summary>A view of random elements.</summary>
    /// <param name="axis0">The test axis whose extent its first axis has.</param>
    /// <param name="axis1">The test axis whose extent its second axis has.</param>
    /// <typeparam name="T">Element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View2<T> View2<T>(string axis0, string axis1)
        where T : unmanaged => (View2<T>)View<T>([Axis(axis0), Axis(axis1)], null, null);

    /// <summary>A random number of at least a bound and below another.</summary>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    /// <returns>The number: the same for all devices of a test.</returns>
    public float Uniform(float low, float high) => low + ((high - low) * random.NextSingle());

    /// <summary>A view of given elements.</summary>
    /// <param name="elements">The elements.</param>
    /// <typeparam name="T">Element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View1<T> Values<T>(params ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        View1<T> view = device.Upload(elements);
        memories.Add(view.Memory!);
        return view;
    }

    private object View<T>(int[] extents, double? low, double? high)
        where T : unmanaged
    {
        var element = new TensorElement<T>();
        byte[] packed = element.Draw(Tensor.Count(extents), random, low, high);
        DeviceMemory memory = device.AllocateBytes(packed.Length);
        memories.Add(memory);
        memory.Write(0, packed);
        var strides = new long[extents.Length - 1];
        for (int axis = strides.Length - 1; axis >= 0; axis--)
            strides[axis] = axis == strides.Length - 1 ? extents[axis + 1] : strides[axis + 1] * extents[axis + 1];
        return element.View(memory, 0, extents, strides);
    }
}
