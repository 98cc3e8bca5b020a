namespace KernelFoundry.Inference.Templates.Values;

internal sealed class BooleanValue(bool value) : TemplateValue
{
    public bool Value { get; } = value;

    internal override string TypeName => "bool";

    internal override bool IsTrue => Value;
}
