namespace KernelFoundry.Inference.Templates.Values;

/// <summary><c>dict.keys()</c>, <c>dict.values()</c> or <c>dict.items()</c>.</summary>
internal sealed class DictViewValue(string name, TemplateValue[] items) : TemplateValue
{
    public TemplateValue[] Items { get; } = items;

    internal override string TypeName { get; } = $"dict_{name}";

    internal override bool IsTrue => Items.Length > 0;
}
