namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary><c>cycler(...)</c>: goes round its items.</summary>
internal sealed class CyclerValue(TemplateValue[] items) : TemplateValue
{
    private int _next;

    internal override string TypeName => "Cycler";

    /// <summary>An attribute, or null.</summary>
    public TemplateValue? Attribute(string name) => name switch
    {
        "current" => items[_next],
        "next" => new NativeFunction("cycler.next", "", _ =>
        {
            TemplateValue item = items[_next];
            _next = (_next + 1) % items.Length;
            return item;
        }),
        "reset" => new NativeFunction("cycler.reset", "", _ =>
        {
            _next = 0;
            return None;
        }),
        _ => null,
    };
}
