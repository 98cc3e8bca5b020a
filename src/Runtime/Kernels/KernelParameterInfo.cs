namespace KernelFoundry;

/// <summary>One parameter of a kernel.</summary>
public sealed record KernelParameterInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required KernelParameterKind Kind { get; init; }

    /// <summary>
    /// Views: the element's name, or the type parameter that gives it. Scalars: float, int, uint or bool. Functors: the type parameter.
    /// </summary>
    public string Type { get; init; } = "";

    /// <summary>Views: number of axes.</summary>
    public int Rank { get; init; }

    /// <summary>Views: whether rows lie in panels.</summary>
    public bool IsPanels { get; init; }

    /// <summary>Views: one entry an axis, the name of a test axis or an integer.</summary>
    public IReadOnlyList<string> Shape { get; init; } = [];

    /// <summary>Scalars: the value in tests, a float, int or bool, or the name (string) of the test axis whose extent it is; null if unstated.</summary>
    public object? Value { get; init; }

    /// <summary>Lowest value in tests; null if unstated.</summary>
    public double? Low { get; init; }

    /// <summary>Highest value in tests, exclusive for integers; null if unstated.</summary>
    public double? High { get; init; }

    /// <summary>Specialized: the values compiled for. Schedule: the value on the CPU, then on OpenCL.</summary>
    public IReadOnlyList<int> Values { get; init; } = [];

    /// <summary>Schedule: the values a CPU may be tuned to; none where it is a constant.</summary>
    public IReadOnlyList<int> Choices { get; init; } = [];

    /// <summary>Whether it is a schedule parameter whose value on a CPU may be tuned.</summary>
    public bool IsTunable => Choices.Count > 0;

    /// <summary>Views: whether the kernel stores to it.</summary>
    public bool IsOutput { get; init; }

    /// <summary>Views: whether the kernel adds to what is there.</summary>
    public bool IsAccumulated { get; init; }
}
