namespace KernelFoundry.Inference.Templates.Values;

internal sealed class ListValue(TemplateValue[] items) : TemplateValue
{
    public TemplateValue[] Items { get; } = items;

    internal override string TypeName => "list";

    internal override bool IsTrue => Items.Length > 0;
}
