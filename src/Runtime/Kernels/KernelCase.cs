namespace KernelFoundry;

/// <summary>
/// One test of a kernel as its reference method sees it: every input as doubles, and arrays to put the expected outputs in. Names are the
/// kernel's parameter names. Views are row-major arrays of all elements, dequantized.
/// </summary>
public sealed class KernelCase
{
    private readonly Dictionary<string, int> axes = [];
    private readonly Dictionary<string, double> scalars = [];
    private readonly Dictionary<string, object> functors = [];
    private readonly Dictionary<string, (double[] Values, int[] Extents)> views = [];
    private readonly Dictionary<string, double[]> outputs = [];
    private readonly Dictionary<string, double[]> magnitudes = [];
    private readonly HashSet<string> scratch = [];

    /// <summary>A case for one choice of type arguments.</summary>
    /// <param name="typeArguments">Element names and full names of functors, in the order of the type parameters.</param>
    public KernelCase(params IReadOnlyList<string> typeArguments) => TypeArguments = typeArguments;

    /// <summary>Element names and full names of functors, in the order of the type parameters.</summary>
    public IReadOnlyList<string> TypeArguments { get; }

    /// <summary>The outputs the reference has asked for, by view name.</summary>
    public IReadOnlyDictionary<string, double[]> Outputs => outputs;

    /// <summary>The magnitudes the reference has stated, by view name.</summary>
    public IReadOnlyDictionary<string, double[]> Magnitudes => magnitudes;

    /// <summary>The views the reference has called scratch.</summary>
    public IReadOnlyCollection<string> ScratchViews => scratch;

    /// <summary>The extent of a test axis.</summary>
    /// <param name="name">The axis.</param>
    /// <returns>Its extent in this case.</returns>
    public int Axis(string name) => Find(axes, name, "axis");

    /// <summary>The extent of a view along one axis.</summary>
    /// <param name="view">The view parameter.</param>
    /// <param name="axis">The axis of the view, from 0.</param>
    /// <returns>Its extent.</returns>
    public int Extent(string view, int axis) => Find(views, view, "view").Extents[axis];

    /// <summary>A view's elements before the kernel runs; written to only by the method that <see cref="InputsAttribute"/> names.</summary>
    /// <param name="view">The view parameter.</param>
    /// <returns>The elements, row-major.</returns>
    public double[] Values(string view) => Find(views, view, "view").Values;

    /// <summary>Whether the case has a view.</summary>
    /// <param name="view">The view parameter.</param>
    /// <returns>Whether it has.</returns>
    public bool Has(string view) => views.ContainsKey(view);

    /// <summary>The array of a view's expected elements. It starts as the elements before the run and is the same array at every call.</summary>
    /// <param name="view">The view parameter.</param>
    /// <returns>The elements, row-major.</returns>
    public double[] Output(string view)
    {
        if (!outputs.TryGetValue(view, out double[]? values))
            outputs[view] = values = [.. Values(view)];
        return values;
    }

    /// <summary>Says that a view is only room to work in: what the kernel leaves there means nothing.</summary>
    /// <param name="view">The view parameter.</param>
    public void Scratch(string view) => scratch.Add(view);

    /// <summary>
    /// The array of the magnitudes of what a view's elements are computed from, such as the norm of the terms of a sum. Where terms cancel, the result is small
    /// but its rounding error is not: tolerances are relative to the larger of the two. It starts as zeros and is the same array at every call.
    /// </summary>
    /// <param name="view">The view parameter.</param>
    /// <returns>The magnitudes, row-major.</returns>
    public double[] Magnitude(string view)
    {
        if (!magnitudes.TryGetValue(view, out double[]? values))
            magnitudes[view] = values = new double[Values(view).Length];
        return values;
    }

    /// <summary>A scalar; a bool is 0 or 1.</summary>
    /// <param name="name">The parameter.</param>
    /// <returns>Its value.</returns>
    public double Scalar(string name) => Find(scalars, name, "scalar");

    /// <summary>An integer scalar.</summary>
    /// <param name="name">The parameter.</param>
    /// <returns>Its value.</returns>
    public int Int(string name) => checked((int)Scalar(name));

    /// <summary>A functor.</summary>
    /// <param name="name">The parameter.</param>
    /// <returns>The struct, boxed.</returns>
    public object Functor(string name) => Find(functors, name, "functor");

    /// <summary>Sets the extent of a test axis.</summary>
    /// <param name="name">The axis.</param>
    /// <param name="extent">Its extent.</param>
    public void SetAxis(string name, int extent) => axes[name] = extent;

    /// <summary>Sets a view's elements.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="extents">The extents of the view.</param>
    public void SetView(string name, double[] values, params int[] extents)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(extents);
        long count = extents.Aggregate(1L, (product, extent) => product * extent);
        if (count != values.Length)
            throw new ArgumentException($"View '{name}' of shape [{string.Join(", ", extents)}] needs {count} values, but got {values.Length}.");
        views[name] = (values, extents);
    }

    /// <summary>Sets a scalar.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="value">Its value.</param>
    public void SetScalar(string name, double value) => scalars[name] = value;

    /// <summary>Sets a functor.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="functor">The struct.</param>
    public void SetFunctor(string name, object functor) => functors[name] = functor;

    internal int[] Extents(string view) => Find(views, view, "view").Extents;

    /// <summary>A case of the same inputs whose outputs nobody has asked for.</summary>
    internal KernelCase Copy()
    {
        var copy = new KernelCase(TypeArguments);
        foreach ((string name, int extent) in axes)
            copy.axes[name] = extent;
        foreach ((string name, double value) in scalars)
            copy.scalars[name] = value;
        foreach ((string name, object functor) in functors)
            copy.functors[name] = functor;
        foreach ((string name, (double[], int[]) view) in views)
            copy.views[name] = view;
        return copy;
    }

    private static TValue Find<TValue>(Dictionary<string, TValue> values, string name, string what) => values.TryGetValue(name, out TValue? value)
        ? value
        : throw new KeyNotFoundException($"This case has no {what} '{name}'; it has {string.Join(", ", values.Keys.DefaultIfEmpty("none"))}.");
}
