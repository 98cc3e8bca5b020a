using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Equality, order and membership as in Python.</summary>
internal static class Comparison
{
    /// <summary><c>a == b</c></summary>
    public static bool AreEqual(RenderContext context, TemplateValue a, TemplateValue b)
    {
        context.Step();
        switch (a, b)
        {
            case (StringValue x, StringValue y):
                return x.Text == y.Text;
            case (UndefinedValue, UndefinedValue):
                return true;
            case (ListValue x, ListValue y):
                return AreEqual(context, x.Items, y.Items);
            case (TupleValue x, TupleValue y):
                return AreEqual(context, x.Items, y.Items);
            case (DictValue x, DictValue y):
                return AreEqual(context, x, y);
            case (DictViewValue x, DictViewValue y):
                return x.TypeName == y.TypeName && AreEqual(context, x.Items, y.Items);
            case (RangeValue x, RangeValue y):
                return x.Count == y.Count && (x.Count == 0 || (x.Start == y.Start && (x.Count == 1 || x.Step == y.Step)));
            default:
                return Number.TryFrom(a, out Number m) && Number.TryFrom(b, out Number n) ? m.CompareTo(n) == 0 : ReferenceEquals(a, b);
        }
    }

    /// <summary>Negative, 0 or positive; null for numbers that have no order.</summary>
    /// <exception cref="TemplateException">The types have no order.</exception>
    public static int? Order(RenderContext context, TemplateValue a, TemplateValue b)
    {
        context.Step();
        switch (a, b)
        {
            case (StringValue x, StringValue y):
                context.Step(Math.Min(x.Text.Length, y.Text.Length) / 64);
                return OrderOf(x.Text, y.Text);
            case (ListValue x, ListValue y):
                return Order(context, x.Items, y.Items);
            case (TupleValue x, TupleValue y):
                return Order(context, x.Items, y.Items);
            case (UndefinedValue x, _):
                throw context.Error(x.Reason);
            case (_, UndefinedValue y):
                throw context.Error(y.Reason);
            default:
                return Number.TryFrom(a, out Number m) && Number.TryFrom(b, out Number n)
                    ? m.CompareTo(n)
                    : throw context.Error($"a {a.TypeName} and a {b.TypeName} have no order.");
        }
    }

    /// <summary><c>item in container</c></summary>
    /// <exception cref="TemplateException">The container is none.</exception>
    public static bool Contains(RenderContext context, TemplateValue container, TemplateValue item)
    {
        switch (container)
        {
            case StringValue text:
                return item is StringValue part
                    ? TextSearch.IndexOf(context, text.Text, part.Text, 0) >= 0
                    : throw context.Error($"a text is looked for in a text, not a {item.TypeName}.");
            case DictValue dict:
                return dict.Find(Keys.Require(context, item)) is not null;
            case RangeValue range when Number.TryFrom(item, out Number n) && !n.IsFloat:
                Int128 distance = (Int128)n.Integer - range.Start;
                return distance % range.Step == 0 && distance / range.Step >= 0 && distance / range.Step < range.Count;
            default:
                return Array.Exists(Iteration.Items(context, container), i => AreEqual(context, i, item));
        }
    }

    /// <summary>The order of code points, which UTF-16 does not have.</summary>
    private static int OrderOf(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
            return a.Length.CompareTo(b.Length);
        char x = a[same], y = b[same];
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    private static bool AreEqual(RenderContext context, TemplateValue[] a, TemplateValue[] b)
    {
        if (a.Length != b.Length)
            return false;
        context.Enter();
        int same = 0;
        while (same < a.Length && AreEqual(context, a[same], b[same]))
            same++;
        context.Leave();
        return same == a.Length;
    }

    private static bool AreEqual(RenderContext context, DictValue a, DictValue b)
    {
        if (a.Entries.Count != b.Entries.Count)
            return false;
        context.Enter();
        bool equal = a.Entries.All(e => b.Find(e.Key) is { } other && AreEqual(context, e.Value, other));
        context.Leave();
        return equal;
    }

    private static int? Order(RenderContext context, TemplateValue[] a, TemplateValue[] b)
    {
        context.Enter();
        int same = 0;
        while (same < a.Length && same < b.Length && AreEqual(context, a[same], b[same]))
            same++;
        int? order = same == a.Length || same == b.Length ? a.Length.CompareTo(b.Length) : Order(context, a[same], b[same]);
        context.Leave();
        return order;
    }
}
