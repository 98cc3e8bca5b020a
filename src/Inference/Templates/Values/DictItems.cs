using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>The entries of a dictionary as tuples of key and value.</summary>
internal static class DictItems
{
    public static TemplateValue[] Of(RenderContext context, DictValue dict)
    {
        context.ReserveItems(3L * dict.Entries.Count);
        return [.. dict.Entries.Select(e => new TupleValue(e.Key, e.Value))];
    }
}
