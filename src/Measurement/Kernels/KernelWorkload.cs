using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KernelFoundry.Measurement;

/// <summary>A kernel with its arguments on a device, made from its record, ready to be launched any number of times.</summary>
public sealed class KernelWorkload : IDisposable
{
    private const int Seed = 1;
    private readonly Device _device;
    private readonly KernelVariantSet _variants;
    private readonly List<DeviceMemory> _memories = [];
    private KernelArguments _arguments;

    /// <summary>Allocates the kernel's views and fills them.</summary>
    /// <param name="shape">What is launched.</param>
    /// <param name="device">Where; not disposed of with the workload, and not the reference device, which runs no compiled code.</param>
    /// <exception cref="ArgumentException">The device is the reference device, or the record lacks a shape or a value.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public KernelWorkload(WorkloadShape shape, Device device)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(device);
        if (device.IsReference)
            throw new ArgumentException("The reference device runs kernels as plain C#: no compiled code to measure.", nameof(device));
        Shape = shape;
        _device = device;
        _variants = KernelRegistry.Find(shape.Kernel, string.Join(",", shape.TypeArguments));
        try
        {
            var random = new Random(Seed);
            KernelCase? fitted = Fitted(random);
            foreach (KernelParameterInfo parameter in shape.Kernel.Parameters)
                Add(parameter, random, fitted);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What is launched.</summary>
    public WorkloadShape Shape { get; }

    /// <summary>The kernel, for the shape's type arguments.</summary>
    public KernelVariantSet Kernel => _variants;

    /// <summary>Bytes of all views, inputs and outputs: what must move at least.</summary>
    public long Bytes => _memories.Sum(memory => memory.ByteLength);

    /// <summary>Starts the kernel once.</summary>
    public void Launch() => _device.Launch(_variants, ref _arguments);

    /// <summary>Launches the kernel again and again.</summary>
    /// <param name="atLeast">How long.</param>
    /// <returns>Seconds of one launch, in the mean.</returns>
    public double Time(TimeSpan atLeast)
    {
        long started = Stopwatch.GetTimestamp();
        long launches = 0;
        for (long batch = 1; ; batch *= 2)
        {
            for (long i = 0; i < batch; i++)
                Launch();
            _device.Synchronize();
            launches += batch;
            if (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed >= atLeast)
                return elapsed.TotalSeconds / launches;
        }
    }

    /// <summary>Frees the views.</summary>
    public void Dispose() => _memories.ForEach(memory => memory.Dispose());

    // Indices that the kernel asks to be made fit; null where random ones do.
    private KernelCase? Fitted(Random random)
    {
        if (Shape.Kernel.Inputs is not { } fit)
            return null;
        var indices = new KernelCase(Shape.TypeArguments);
        foreach ((string axis, int extent) in Shape.Axes)
            indices.SetAxis(axis, extent);
        foreach (KernelParameterInfo view in Shape.Kernel.Parameters.Where(IsIndices))
        {
            int[] extents = Shape.ExtentsOf(view);
            var values = new double[extents.Aggregate(1, (count, extent) => count * extent)];
            for (int i = 0; i < values.Length; i++)
                values[i] = random.Next((int)(view.Low ?? 0), (int)(view.High ?? 1));
            indices.SetView(view.Name, values, extents);
        }

        fit(indices);
        return indices;
    }

    private static bool IsIndices(KernelParameterInfo parameter) => parameter is { Kind: KernelParameterKind.View, Type: "int" };

    private void Add(KernelParameterInfo parameter, Random random, KernelCase? fitted)
    {
        switch (parameter.Kind)
        {
            case KernelParameterKind.View:
                AddView(parameter, random, fitted);
                break;
            case KernelParameterKind.Specialized:
                _arguments.AddSpecialized((int)Value(parameter));
                break;
            case KernelParameterKind.Scalar:
                AddScalar(parameter);
                break;
        }
    }

    private void AddView(KernelParameterInfo view, Random random, KernelCase? fitted)
    {
        ElementInfo element = Shape.ElementOf(view);
        int[] extents = Shape.ExtentsOf(view);
        long rows = extents.SkipLast(1).Aggregate(1L, (count, extent) => count * extent);
        if (view.IsPanels)
            rows = (rows + Panels.Rows - 1) / Panels.Rows * Panels.Rows;
        DeviceMemory memory = _device.AllocateBytes(element.Bytes(rows * extents[^1]));
        _memories.Add(memory);
        if (fitted is not null && IsIndices(view))
            memory.Write(0, MemoryMarshal.AsBytes<int>(Array.ConvertAll(fitted.Values(view.Name), value => (int)value)));
        else
            DrawnElements.Fill(memory, element, view, random);
        if (view.IsPanels)
            _arguments.AddPanels(memory, element, extents[0], extents[1]);
        else
            _arguments.Add(memory, element, extents);
    }

    private void AddScalar(KernelParameterInfo scalar)
    {
        double value = Value(scalar);
        switch (scalar.Type)
        {
            case "float":
                _arguments.Add((float)value);
                break;
            case "uint":
                _arguments.Add((uint)value);
                break;
            case "bool":
                _arguments.Add(value != 0);
                break;
            default:
                _arguments.Add((int)value);
                break;
        }
    }

    private double Value(KernelParameterInfo scalar) => scalar switch
    {
        { Value: string axis } => Shape.Axes[axis],
        { Value: { } value } => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        { Low: { } low, High: { } high } => low + ((high - low) / 2),
        _ => throw new ArgumentException(
            $"Parameter '{scalar.Name}' of {Shape.Kernel.Name} has no [Value] or [Range]: to be measured, it needs one."),
    };
}
