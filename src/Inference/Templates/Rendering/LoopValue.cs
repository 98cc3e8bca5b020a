using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>The variable <c>loop</c>.</summary>
/// <param name="items">What the loop goes through.</param>
/// <param name="depth">How deep it is in loops of its own, from 0.</param>
/// <param name="recurse">Renders the loop for other items; null if it is not recursive.</param>
internal sealed class LoopValue(TemplateValue[] items, int depth, Func<TemplateValue, int, TemplateValue>? recurse) : FunctionValue
{
    private TemplateValue[]? _lastChanged;

    /// <summary>Index of the present item, from 0.</summary>
    public int Index { get; set; }

    public override string Name => "loop";

    internal override string TypeName => "LoopContext";

    public override TemplateValue Invoke(Interpreter interpreter, CallArguments arguments)
    {
        if (recurse is null)
            throw interpreter.Context.Error("the loop is not recursive, so that it cannot be called.");
        if (arguments.Positional.Count != 1 || arguments.Named.Count > 0)
            throw interpreter.Context.Error("a recursive loop takes one argument, what to go through.");
        return recurse(arguments.Positional[0], depth + 1);
    }

    /// <summary>An attribute, or null.</summary>
    public TemplateValue? Attribute(string name) => name switch
    {
        "index" => TemplateValue.From(Index + 1),
        "index0" => TemplateValue.From(Index),
        "revindex" => TemplateValue.From(items.Length - Index),
        "revindex0" => TemplateValue.From(items.Length - Index - 1),
        "first" => TemplateValue.From(Index == 0),
        "last" => TemplateValue.From(Index == items.Length - 1),
        "length" => TemplateValue.From(items.Length),
        "depth" => TemplateValue.From(depth + 1),
        "depth0" => TemplateValue.From(depth),
        "previtem" => Index > 0 ? items[Index - 1] : new UndefinedValue("there is no previous item."),
        "nextitem" => Index < items.Length - 1 ? items[Index + 1] : new UndefinedValue("there is no next item."),
        "cycle" => new NativeFunction("loop.cycle", "*rest", Cycle),
        "changed" => new NativeFunction("loop.changed", "*rest", HasChanged),
        _ => null,
    };

    private TemplateValue Cycle(BoundArguments a) =>
        a.Rest.Length > 0 ? a.Rest[Index % a.Rest.Length] : throw a.Error("there is nothing to go round.");

    private TemplateValue HasChanged(BoundArguments a)
    {
        bool changed = _lastChanged is null || !Comparison.AreEqual(a.Context, new TupleValue(_lastChanged), new TupleValue(a.Rest));
        _lastChanged = a.Rest;
        return TemplateValue.From(changed);
    }
}
