using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>The filters by name.</summary>
internal static class FilterTable
{
    public static IReadOnlyDictionary<string, NativeFunction> All { get; } = new[]
    {
        TextFilters.All, NumberFilters.All, SequenceFilters.All, SelectionFilters.All, OrderFilters.All, MarkupFilters.All,
    }.SelectMany(group => group).ToDictionary(f => f.Name, StringComparer.Ordinal);

    public static string Unknown(string name) =>
        $"there is no filter '{(name.Length > 40 ? name[..40] : name)}'. There are: {string.Join(", ", All.Keys.Order(StringComparer.Ordinal))}.";
}
