using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>Methods of lists and tuples.</summary>
internal static class SequenceMethods
{
    public static IReadOnlyDictionary<string, NativeFunction> OfTuples { get; } = MethodTable.Of(Reading());

    public static IReadOnlyDictionary<string, NativeFunction> OfLists { get; } = MethodTable.Of(
    [
        .. Reading(),
        new("copy", "self", a => a[0]),
        .. new[] { "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort" }.Select(name => MethodTable.Changing("list", name)),
    ]);

    private static IEnumerable<NativeFunction> Reading() =>
    [
        new("count", "self value", a => TemplateValue.From(a.Items(0).LongCount(item => Comparison.AreEqual(a.Context, item, a[1])))),
        new("index", "self value start? stop?", Index),
    ];

    private static TemplateValue Index(BoundArguments a)
    {
        TemplateValue[] items = a.Items(0);
        (int start, int count, _) = SliceBounds.Resolve(items.Length, a.Integer(2, 0), a.Integer(3, items.Length), 1, a.Context);
        for (int i = start; i < start + count; i++)
        {
            if (Comparison.AreEqual(a.Context, items[i], a[1]))
                return TemplateValue.From(i);
        }

        throw a.Error("the value is not in the sequence.");
    }
}
