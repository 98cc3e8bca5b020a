using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Filters that put items in order. Texts compare without regard to case unless told otherwise.</summary>
internal static class OrderFilters
{
    private static readonly string[] s_groupNames = ["grouper", "list"];

    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("sort", "value reverse? case_sensitive? attribute?", Sort),
        new("dictsort", "value case_sensitive? by? reverse?", SortDict),
        new("unique", "value case_sensitive? attribute?", Unique),
        new("min", "value case_sensitive? attribute?", a => Extreme(a, sign: -1)),
        new("max", "value case_sensitive? attribute?", a => Extreme(a, sign: 1)),
        new("groupby", "value attribute default? case_sensitive?", GroupBy),
    ];

    private static ListValue Sort(BoundArguments a)
    {
        AttributePath[] paths = AttributePath.CreateMany(a.Optional(3));
        bool keepsCase = a.Flag(2);
        return new ListValue(StableSort.Sort(a.Context, a.Items(0), item => KeyOf(a, paths, item, keepsCase), a.Flag(1)));
    }

    private static ListValue SortDict(BoundArguments a)
    {
        string by = a.Text(2, "key");
        if (a[0] is not DictValue dict || by is not ("key" or "value"))
            throw a.Error("it sorts a dictionary by 'key' or by 'value'.");
        int part = by == "key" ? 0 : 1;
        bool keepsCase = a.Flag(1);
        return new ListValue(StableSort.Sort(
            a.Context, DictItems.Of(a.Context, dict), item => FoldCase(a, ((TupleValue)item).Items[part], keepsCase), a.Flag(3)));
    }

    private static IteratorValue Unique(BoundArguments a)
    {
        AttributePath path = AttributePath.Create(a.Optional(2));
        bool keepsCase = a.Flag(1);
        var seen = new HashSet<TemplateValue>(KeyComparer.Instance);
        TemplateValue[] items = a.Items(0);
        a.Context.ReserveItems(items.Length);
        return new IteratorValue(
            [.. items.Where(item => seen.Add(Keys.Require(a.Context, FoldCase(a, path.Of(a.Context, item), keepsCase))))]);
    }

    private static TemplateValue Extreme(BoundArguments a, int sign)
    {
        AttributePath path = AttributePath.Create(a.Optional(2));
        TemplateValue? best = null, bestKey = null;
        foreach (TemplateValue item in a.Items(0))
        {
            TemplateValue key = FoldCase(a, path.Of(a.Context, item), a.Flag(1));
            if (bestKey is null || Comparison.Order(a.Context, key, bestKey) * sign > 0)
                (best, bestKey) = (item, key);
        }

        return best ?? new UndefinedValue("an empty sequence has no least and no greatest item.");
    }

    private static ListValue GroupBy(BoundArguments a)
    {
        AttributePath path = AttributePath.Create(a[1], a.Optional(2));
        bool keepsCase = a.Flag(3);
        TemplateValue[] sorted = StableSort.Sort(a.Context, a.Items(0), Key, isReversed: false);
        var groups = new List<TemplateValue>();
        for (int i = 0, end; i < sorted.Length; i = end)
        {
            TemplateValue key = Key(sorted[i]);
            for (end = i + 1; end < sorted.Length && Comparison.AreEqual(a.Context, Key(sorted[end]), key);)
                end++;
            a.Context.ReserveItems(end - i);
            groups.Add(new TupleValue(path.Of(a.Context, sorted[i]), new ListValue(sorted[i..end])) { Names = s_groupNames });
        }

        return new ListValue([.. groups]);

        TemplateValue Key(TemplateValue item) => FoldCase(a, path.Of(a.Context, item), keepsCase);
    }

    // A list even of one key, as Jinja's: of two that are missing neither comes first, where they alone would have no order.
    private static ListValue KeyOf(BoundArguments a, AttributePath[] paths, TemplateValue item, bool keepsCase) =>
        new([.. paths.Select(path => FoldCase(a, path.Of(a.Context, item), keepsCase))]);

    private static TemplateValue FoldCase(BoundArguments a, TemplateValue value, bool keepsCase) =>
        value is StringValue text && !keepsCase ? PythonString.Lower(a.Context, text.Text) : value;
}
