namespace KernelFoundry.Inference.Templates.Values;

/// <summary><c>namespace(...)</c>: the one value a template can change, and that lives no longer than the rendering.</summary>
internal sealed class NamespaceValue : TemplateValue
{
    public Dictionary<string, TemplateValue> Attributes { get; } = new(StringComparer.Ordinal);

    internal override string TypeName => "Namespace";
}
