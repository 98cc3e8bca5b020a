using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>The methods of Python's types that templates may call.</summary>
internal static class MethodTable
{
    /// <summary>The method of a value, bound to it, or null.</summary>
    public static TemplateValue? Find(TemplateValue value, string name)
    {
        IReadOnlyDictionary<string, NativeFunction>? methods = value switch
        {
            StringValue => StringMethods.All,
            DictValue => DictMethods.All,
            ListValue => SequenceMethods.OfLists,
            TupleValue or RangeValue => SequenceMethods.OfTuples,
            IntegerValue or BooleanValue or FloatValue => NumberMethods.All,
            _ => null,
        };
        return methods is not null && methods.TryGetValue(name, out NativeFunction? method) ? new BoundMethod(value, method) : null;
    }

    /// <summary>A table of methods; the first parameter is the value itself.</summary>
    public static IReadOnlyDictionary<string, NativeFunction> Of(params IEnumerable<NativeFunction> methods) =>
        methods.ToDictionary(m => m.Name, StringComparer.Ordinal);

    /// <summary>A method that would change a value; nothing a template is given can be changed.</summary>
    public static NativeFunction Changing(string type, string name) => new(
        name, "self *rest **named", a => throw a.Context.Error($"'{name}' would change a {type}, and values do not change."));
}
