namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>The variable <c>self</c>: the blocks of the template as functions.</summary>
internal sealed class BlocksValue(IReadOnlyDictionary<string, TemplateValue> blocks) : TemplateValue
{
    internal override string TypeName => "TemplateReference";

    /// <summary>A block, or null.</summary>
    public TemplateValue? Attribute(string name) => blocks.GetValueOrDefault(name);
}
