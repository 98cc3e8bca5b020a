using System.Globalization;

namespace KernelFoundry.Testing;

/// <summary>The arguments of one test, drawn from a seed, the same for every device.</summary>
internal sealed class KernelInputs
{
    private readonly int seed;
    private readonly IReadOnlyDictionary<string, int> axes;
    private readonly Dictionary<string, string> types = [];

    public KernelInputs(KernelTest test, int seed)
    {
        this.seed = seed;
        Test = test;
        axes = test.Axes;
        for (int i = 0; i < test.TypeArguments.Count; i++)
            types.Add(test.Kernel.TypeParameters[i].Name, test.TypeArguments[i]);
        var random = new Random(seed);
        foreach (KernelParameterInfo parameter in test.Kernel.Parameters)
        {
            if (parameter.Kind == KernelParameterKind.View)
                Tensors.Add(parameter.Name, Draw(parameter, random));
            else if (parameter.Kind is KernelParameterKind.Scalar or KernelParameterKind.Specialized)
                Scalars.Add(parameter.Name, Scalar(parameter, random));
        }

        if (test.Kernel.Inputs is { } fit)
        {
            KernelCase drawn = Case();
            fit(drawn);
            foreach (Tensor tensor in Tensors.Values.Where(t => !t.Element.IsQuantized).ToArray())
                Tensors[tensor.Name] = tensor with { Packed = tensor.Element.Encode(drawn.Values(tensor.Name)) };
        }
    }

    public KernelTest Test { get; }

    /// <summary>The views, by parameter.</summary>
    public Dictionary<string, Tensor> Tensors { get; } = [];

    /// <summary>The scalars, boxed as float, int, uint or bool, by parameter.</summary>
    public Dictionary<string, object> Scalars { get; } = [];

    /// <summary>A functor, with its views on a device.</summary>
    public object Functor(KernelParameterInfo parameter, Device device, List<DeviceMemory> memories) =>
        FunctorSamples.Make(types[parameter.Type], new FunctorSample(axes, device, seed ^ 0x5eed, memories));

    /// <summary>The type argument of a type parameter.</summary>
    public string TypeArgument(string parameter) => types[parameter];

    /// <summary>What the kernel should give, by its reference method.</summary>
    public KernelCase Expected(List<DeviceMemory> memories)
    {
        KernelCase expected = Case();
        foreach (KernelParameterInfo parameter in Test.Kernel.Parameters.Where(parameter => parameter.Kind == KernelParameterKind.Functor))
            expected.SetFunctor(parameter.Name, Functor(parameter, Device.Reference, memories));
        Test.Kernel.Reference!(expected);
        return expected;
    }

    private KernelCase Case()
    {
        var drawn = new KernelCase(Test.TypeArguments);
        foreach ((string name, int extent) in axes)
            drawn.SetAxis(name, extent);
        foreach (Tensor tensor in Tensors.Values)
            drawn.SetView(tensor.Name, tensor.Values(), tensor.Extents);
        foreach ((string name, object value) in Scalars)
            drawn.SetScalar(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
        return drawn;
    }

    private Tensor Draw(KernelParameterInfo parameter, Random random)
    {
        if (parameter.Shape.Count != parameter.Rank)
            throw Missing(parameter, "[Shape]");
        string name = types.GetValueOrDefault(parameter.Type, parameter.Type);
        TensorElement element = TensorElement.Find(name);
        int[] extents = [.. parameter.Shape.Select(Extent)];
        byte[] packed = element.Draw(Tensor.Count(extents), random, parameter.Low, parameter.High);
        return new Tensor(parameter.Name, element, name, extents, packed, parameter.IsOutput)
        {
            IsPanels = parameter.IsPanels,
            IsAccumulated = parameter.IsAccumulated,
        };
    }

    private int Extent(string shape) => axes.TryGetValue(shape, out int extent) ? extent : int.Parse(shape, CultureInfo.InvariantCulture);

    private object Scalar(KernelParameterInfo parameter, Random random)
    {
        double value = parameter switch
        {
            { Value: string axis } => axes[axis],
            { Value: { } fixedValue } => Convert.ToDouble(fixedValue, CultureInfo.InvariantCulture),
            { Low: { } low, High: { } high } => low + ((high - low) * random.NextDouble()),
            _ => throw Missing(parameter, "[Value] or [Range]"),
        };
        return parameter.Type switch
        {
            "float" => (float)value,
            "uint" => (uint)value,
            "bool" => value != 0,
            _ => (int)Math.Floor(value),
        };
    }

    private InvalidOperationException Missing(KernelParameterInfo parameter, string attribute) =>
        new($"Parameter '{parameter.Name}' of {Test.Kernel.Name} has no {attribute}: tests need one.");
}
