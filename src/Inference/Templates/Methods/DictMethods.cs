using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>Methods of dictionaries.</summary>
internal static class DictMethods
{
    public static IReadOnlyDictionary<string, NativeFunction> All { get; } = MethodTable.Of(
    [
        new("get", "self key default?", a => Self(a).Find(Keys.Require(a.Context, a[1])) ?? a.Optional(2) ?? TemplateValue.None),
        new("keys", "self", a => View(a, "keys", e => e.Key)),
        new("values", "self", a => View(a, "values", e => e.Value)),
        new("items", "self", a => new DictViewValue("items", DictItems.Of(a.Context, Self(a)))),
        new("copy", "self", a => a[0]),
        .. new[] { "clear", "pop", "popitem", "setdefault", "update" }.Select(name => MethodTable.Changing("dict", name)),
    ]);

    private static DictValue Self(BoundArguments a) => (DictValue)a[0];

    private static DictViewValue View(BoundArguments a, string name, Func<KeyValuePair<TemplateValue, TemplateValue>, TemplateValue> part)
    {
        a.Context.ReserveItems(Self(a).Entries.Count);
        return new DictViewValue(name, [.. Self(a).Entries.Select(part)]);
    }
}
