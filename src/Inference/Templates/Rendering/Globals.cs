using System.Globalization;
using KernelFoundry.Inference.Templates.Formatting;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>The functions every template sees.</summary>
internal static class Globals
{
    // Jinja's own bound of its sandbox.
    private const int MaxRange = 100_000;

    public static IReadOnlyDictionary<string, NativeFunction> All { get; } = new NativeFunction[]
    {
        new("range", "start stop? step?", Range),
        new("dict", "*rest **named", Dict),
        new("namespace", "*rest **named", Namespace),
        new("cycler", "*rest", a => a.Rest.Length > 0 ? new CyclerValue(a.Rest) : throw a.Error("there is nothing to go round.")),
        new("joiner", "sep?", a => Joiner(a.Text(0, ", "))),
        new("lipsum", "n? html? min? max?", a => throw a.Error("a template gives the same text every time, so nothing in it is drawn.")),
        new("raise_exception", "message", a => throw a.Context.Error(a.Text(0))),
        new("strftime_now", "format", a => TemplateValue.From(DateFormat.Format(a.Context, a.Context.Options.Clock.GetLocalNow(), a.String(0).Text))),
    }.ToDictionary(f => f.Name, StringComparer.Ordinal);

    private static RangeValue Range(BoundArguments a)
    {
        bool hasStart = a.Optional(1) is not null;
        long start = hasStart ? a.Integer(0) : 0;
        long stop = hasStart ? a.Integer(1) : a.Integer(0);
        long step = a.Integer(2, 1);
        if (step == 0)
            throw a.Error("the step is not zero.");
        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        Int128 count = distance <= 0 ? 0 : ((distance - 1) / Int128.Abs(step)) + 1;
        return count <= MaxRange
            ? new RangeValue(start, step, (int)count) { Stop = stop }
            : throw a.Error(string.Create(CultureInfo.InvariantCulture, $"a range has at most {MaxRange} items."));
    }

    private static DictValue Dict(BoundArguments a)
    {
        if (a.Rest.Length > 1)
            throw a.Error("it takes one dictionary, or pairs.");
        var dict = new DictBuilder();
        a.Context.ReserveItems(2L * a.Named.Count);
        if (a.Rest.Length == 1)
            Add(a, dict, a.Rest[0]);
        foreach ((string name, TemplateValue value) in a.Named)
            dict.Set(TemplateValue.From(name), value);
        return dict.Build();
    }

    private static void Add(BoundArguments a, DictBuilder dict, TemplateValue source)
    {
        TemplateValue[] pairs = source is DictValue other ? DictItems.Of(a.Context, other) : Iteration.Items(a.Context, source);
        a.Context.ReserveItems(2L * pairs.Length);
        foreach (TemplateValue pair in pairs)
        {
            TemplateValue[] items = Iteration.Items(a.Context, pair);
            if (items.Length != 2)
                throw a.Error("pairs have two items.");
            dict.Set(Keys.Require(a.Context, items[0]), items[1]);
        }
    }

    private static NamespaceValue Namespace(BoundArguments a)
    {
        var space = new NamespaceValue();
        foreach ((TemplateValue key, TemplateValue value) in Dict(a).Entries)
            space.Attributes[PythonText.Str(a.Context, key)] = value;
        return space;
    }

    // Gives nothing the first time, then the separator.
    private static NativeFunction Joiner(string separator)
    {
        bool isUsed = false;
        return new NativeFunction("joiner", "", _ =>
        {
            string text = isUsed ? separator : "";
            isUsed = true;
            return TemplateValue.From(text);
        });
    }
}
