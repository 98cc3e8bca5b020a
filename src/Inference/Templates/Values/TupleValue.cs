namespace KernelFoundry.Inference.Templates.Values;

internal sealed class TupleValue(params TemplateValue[] items) : TemplateValue
{
    public TemplateValue[] Items { get; } = items;

    /// <summary>Names of the items, where they have any: those of <c>groupby</c>.</summary>
    public string[] Names { get; init; } = [];

    internal override string TypeName => "tuple";

    internal override bool IsTrue => Items.Length > 0;
}
