using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Going through values.</summary>
internal static class Iteration
{
    /// <summary>What a loop over a value sees: items, keys of a dictionary, characters of a text.</summary>
    /// <exception cref="TemplateException">The value cannot be gone through.</exception>
    public static TemplateValue[] Items(RenderContext context, TemplateValue value)
    {
        TemplateValue[] items = value switch
        {
            ListValue list => list.Items,
            TupleValue tuple => tuple.Items,
            DictViewValue view => view.Items,
            IteratorValue iterator => iterator.Take(),
            UndefinedValue => [],
            _ => Make(context, value),
        };
        context.Step(items.Length);
        return items;
    }

    /// <summary>Whether <see cref="Items"/> gives something.</summary>
    public static bool CanGoThrough(TemplateValue value) =>
        value is ListValue or TupleValue or DictViewValue or IteratorValue or UndefinedValue or DictValue or StringValue or RangeValue;

    /// <summary><c>len(value)</c>, or null where there is none.</summary>
    public static int? Length(TemplateValue value) => value switch
    {
        StringValue text => text.Length,
        ListValue list => list.Items.Length,
        TupleValue tuple => tuple.Items.Length,
        DictValue dict => dict.Entries.Count,
        DictViewValue view => view.Items.Length,
        RangeValue range => range.Count,
        UndefinedValue => 0,
        _ => null,
    };

    private static TemplateValue[] Make(RenderContext context, TemplateValue value)
    {
        context.ReserveItems(Length(value) ?? 0);
        return value switch
        {
            StringValue text => [.. text.Characters().Select(TemplateValue.From)],
            DictValue dict => [.. dict.Entries.Select(e => e.Key)],
            RangeValue range => [.. Enumerable.Range(0, range.Count).Select(range.At)],
            _ => throw context.Error($"a {value.TypeName} cannot be gone through."),
        };
    }
}
