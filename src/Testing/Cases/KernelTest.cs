using System.Globalization;

namespace KernelFoundry.Testing;

/// <summary>One test of a kernel: where it runs, for which type arguments, on which extents.</summary>
public sealed record KernelTest
{
    /// <summary>The class that declares the kernel.</summary>
    public required Type Class { get; init; }

    /// <summary>The kernel.</summary>
    public required KernelDefinition Kernel { get; init; }

    /// <summary>What it runs on.</summary>
    public required TestTarget Target { get; init; }

    /// <summary>Element names and full names of functors, in the order of the type parameters.</summary>
    public required IReadOnlyList<string> TypeArguments { get; init; }

    /// <summary>The extents of the kernel's axes.</summary>
    public required IReadOnlyDictionary<string, int> Axes { get; init; }

    /// <summary>
    /// Values of schedule parameters with choices; the others have their own. The CPU and the interpreters of the tile and the vector form take them.
    /// </summary>
    public IReadOnlyDictionary<string, int> Schedule { get; init; } = new Dictionary<string, int>();

    /// <summary>The tolerance where the target rounds operands of products, as the kernel says it may; null where nothing is rounded.</summary>
    internal double? RoundedTolerance => Target.RoundsProducts(Kernel, string.Join(",", TypeArguments))
        ? Kernel.RoundedProducts.FirstOrDefault(each => TypeArguments.Contains(each.Element))?.Relative
        : null;

    /// <summary>Kernel, type arguments, extents and target, on one line.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        string types = TypeArguments.Count == 0 ? "" : $"<{string.Join(", ", TypeArguments.Select(Short))}>";
        string axes = string.Join(" ", Axes.Select(axis => string.Create(CultureInfo.InvariantCulture, $"{axis.Key}={axis.Value}")));
        string schedule = string.Concat(Schedule.Select(value => string.Create(CultureInfo.InvariantCulture, $" with {value.Key}={value.Value}")));
        return $"{Short(Kernel.Name)}{types} {axes} on {Target}{schedule}";
    }

    private static string Short(string name) => name[(name.LastIndexOfAny(['.', '+']) + 1)..];
}
