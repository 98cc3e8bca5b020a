using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Filters that apply a filter or a test to every item.</summary>
internal static class SelectionFilters
{
    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("map", "value *rest **named", Map),
        new("select", "value *rest **named", a => Select(a, expected: true, byAttribute: false)),
        new("reject", "value *rest **named", a => Select(a, expected: false, byAttribute: false)),
        new("selectattr", "value *rest **named", a => Select(a, expected: true, byAttribute: true)),
        new("rejectattr", "value *rest **named", a => Select(a, expected: false, byAttribute: true)),
    ];

    private static IteratorValue Map(BoundArguments a)
    {
        // Nothing, whatever its type, gives nothing.
        if (!a[0].IsTrue)
            return new IteratorValue([]);
        Func<TemplateValue, TemplateValue> map = a.Rest.Length == 0 ? ByAttribute(a) : ByFilter(a);
        TemplateValue[] items = a.Items(0);
        a.Context.ReserveItems(items.Length);
        return new IteratorValue([.. items.Select(map)]);
    }

    private static Func<TemplateValue, TemplateValue> ByAttribute(BoundArguments a)
    {
        TemplateValue? attribute = a.Named.FirstOrDefault(n => n.Key == "attribute").Value;
        TemplateValue? absent = a.Named.FirstOrDefault(n => n.Key == "default").Value;
        if (attribute is null || a.Named.Count > (absent is null ? 1 : 2))
            throw a.Error("it needs a filter's name, or attribute=name and perhaps default=value.");
        AttributePath path = AttributePath.Create(attribute, absent);
        return item => path.Of(a.Context, item);
    }

    private static Func<TemplateValue, TemplateValue> ByFilter(BoundArguments a)
    {
        string name = PythonText.Str(a.Context, a.Rest[0]);
        NativeFunction filter = FilterTable.All.GetValueOrDefault(name) ?? throw a.Error(FilterTable.Unknown(name));
        var arguments = new CallArguments(a.Rest[1..], a.Named);
        return item =>
        {
            // A filter may apply a filter that applies a filter.
            a.Context.Enter();
            TemplateValue value = filter.Invoke(a.Context, arguments.WithFirst(item));
            a.Context.Leave();
            return value;
        };
    }

    private static IteratorValue Select(BoundArguments a, bool expected, bool byAttribute)
    {
        if (!a[0].IsTrue)
            return new IteratorValue([]);
        if (byAttribute && a.Rest.Length == 0)
            throw a.Error("it needs an attribute's name.");
        AttributePath path = AttributePath.Create(byAttribute ? a.Rest[0] : null);
        TemplateValue[] rest = byAttribute ? a.Rest[1..] : a.Rest;
        Func<TemplateValue, bool> holds = item => item.IsTrue;
        if (rest.Length > 0)
        {
            string name = PythonText.Str(a.Context, rest[0]);
            NativeFunction test = TestTable.All.GetValueOrDefault(name) ?? throw a.Error(TestTable.Unknown(name));
            var arguments = new CallArguments(rest[1..], a.Named);
            holds = item => test.Invoke(a.Context, arguments.WithFirst(item)).IsTrue;
        }

        TemplateValue[] items = a.Items(0);
        a.Context.ReserveItems(items.Length);
        return new IteratorValue([.. items.Where(item => holds(path.Of(a.Context, item)) == expected)]);
    }
}
