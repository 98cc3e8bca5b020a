using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Syntax;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Filters of whatever can be gone through.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("length", "value", Length),
        new("count", "value", Length),
        new("list", "value", a => new ListValue(a.Items(0))),
        new("first", "value", First),
        new("last", "value", Last),
        new("reverse", "value", Reverse),
        new("join", "value d? attribute?", Join),
        new("sum", "value attribute? start?", Sum),
        new("batch", "value linecount fill_with?", Batch),
        new("slice", "value slices fill_with?", Slice),
        new("items", "value", Items),
        new("attr", "value name", Attribute),
        new("default", "value default_value? boolean?", Default),
        new("d", "value default_value? boolean?", Default),
    ];

    private static TemplateValue Length(BoundArguments a) =>
        TemplateValue.From(Iteration.Length(a[0]) ?? throw a.Error($"a {a[0].TypeName} has no length."));

    private static TemplateValue First(BoundArguments a)
    {
        TemplateValue? first = a[0] is IteratorValue iterator ? iterator.Next() : a.Items(0).FirstOrDefault();
        return first ?? new UndefinedValue("an empty sequence has no first item.");
    }

    private static TemplateValue Last(BoundArguments a) => a[0] is IteratorValue
        ? throw a.Error("what can be gone through only once has no last item; make it a list.")
        : a.Items(0).LastOrDefault() ?? new UndefinedValue("an empty sequence has no last item.");

    private static TemplateValue Reverse(BoundArguments a)
    {
        TemplateValue[] items = a.Items(0);
        a.Context.ReserveItems(items.Length);
        TemplateValue[] reversed = [.. Enumerable.Reverse(items)];
        if (a[0] is not StringValue)
            return new IteratorValue(reversed);
        return TemplateValue.From(string.Concat(reversed.Select(c => ((StringValue)c).Text)));
    }

    private static TemplateValue Join(BoundArguments a)
    {
        string separator = a.Text(1, "");
        AttributePath path = AttributePath.Create(a.Optional(2));
        string[] texts = [.. a.Items(0).Select(item => PythonText.Str(a.Context, path.Of(a.Context, item)))];
        return PythonString.Join(a.Context, separator, texts);
    }

    private static TemplateValue Sum(BoundArguments a)
    {
        AttributePath path = AttributePath.Create(a.Optional(1));
        TemplateValue sum = a.Optional(2) ?? TemplateValue.From(0);
        if (sum is StringValue)
            throw a.Error("texts are joined, not summed.");
        foreach (TemplateValue item in a.Items(0))
            sum = Arithmetic.Apply(a.Context, BinaryOperator.Add, sum, path.Of(a.Context, item));
        return sum;
    }

    private static IteratorValue Batch(BoundArguments a)
    {
        TemplateValue[] items = a.Items(0);
        long size = a.Integer(1);
        var batches = new List<TemplateValue>();

        // A size that is never reached makes one batch of all, as Jinja's comparison with the size does.
        int step = size < 1 || size > int.MaxValue ? Math.Max(1, items.Length) : (int)size;
        for (int i = 0; i < items.Length; i += step)
        {
            TemplateValue[] batch = items[i..Math.Min(items.Length, i + step)];
            long missing = Math.Max(0, size - batch.Length);
            TemplateValue? fill = a.Given(2);
            a.Context.ReserveItems(batch.Length + (fill is null ? 0 : missing));
            batches.Add(new ListValue(fill is null ? batch : [.. batch, .. Enumerable.Repeat(fill, (int)missing)]));
        }

        return new IteratorValue([.. batches]);
    }

    private static IteratorValue Slice(BoundArguments a)
    {
        TemplateValue[] items = a.Items(0);
        int slices = a.Count(1, 0);
        if (slices == 0)
            throw a.Error("nothing can be cut into 0 slices.");
        a.Context.ReserveItems(Math.Max(0, (long)slices) + items.Length);
        var all = new List<TemplateValue>();
        int each = slices < 0 ? 0 : items.Length / slices, withExtra = slices < 0 ? 0 : items.Length % slices;
        for (int i = 0, start = 0; i < slices; i++)
        {
            int end = start + each + (i < withExtra ? 1 : 0);
            TemplateValue[] part = items[start..end];
            all.Add(new ListValue(i >= withExtra && a.Given(2) is { } fill ? [.. part, fill] : part));
            start = end;
        }

        return new IteratorValue([.. all]);
    }

    private static IteratorValue Items(BoundArguments a) => a[0] switch
    {
        UndefinedValue => new IteratorValue([]),
        DictValue dict => new IteratorValue(DictItems.Of(a.Context, dict)),
        _ => throw a.Error($"a {a[0].TypeName} has no items."),
    };

    private static TemplateValue Attribute(BoundArguments a)
    {
        if (a[0] is UndefinedValue missing)
            throw a.Context.Error(missing.Reason);
        return Indexing.OwnAttribute(a[0], a.Text(1)) ?? new UndefinedValue($"a {a[0].TypeName} has no such attribute.");
    }

    private static TemplateValue Default(BoundArguments a) =>
        a[0] is UndefinedValue || (a.Flag(2) && !a[0].IsTrue) ? a.Optional(1) ?? StringValue.Empty : a[0];
}
