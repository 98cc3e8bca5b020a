using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Generation;

/// <summary>Names of the generator's steps, by which tests ask what ran again.</summary>
internal static class Steps
{
    public const string Kernels = nameof(Kernels);
    public const string Gradients = nameof(Gradients);
    public const string Functors = nameof(Functors);
    public const string Formats = nameof(Formats);
    public const string Defaults = nameof(Defaults);
    public const string DeviceFunctions = nameof(DeviceFunctions);
    public const string Libraries = nameof(Libraries);
    public const string Surroundings = nameof(Surroundings);
    public const string Families = nameof(Families);
    public const string Rendered = nameof(Rendered);
    public const string ForeignFamilies = nameof(ForeignFamilies);
    public const string ForeignRendered = nameof(ForeignRendered);
    public const string Records = nameof(Records);
    public const string Registration = nameof(Registration);
    public const string GroupFamilies = nameof(GroupFamilies);
    public const string GroupRendered = nameof(GroupRendered);

    /// <summary>Every step above.</summary>
    public static readonly string[] All =
    [
        Kernels, Gradients, Functors, Formats, Defaults, DeviceFunctions, Libraries, Surroundings, Families, Rendered, ForeignFamilies,
        ForeignRendered, Records, Registration, GroupFamilies, GroupRendered,
    ];

    public static IncrementalValuesProvider<T> NotNull<T>(this IncrementalValuesProvider<T?> values)
        where T : class => values.Where(static value => value is not null).Select(static (value, _) => value!);
}
