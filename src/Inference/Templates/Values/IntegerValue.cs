namespace KernelFoundry.Inference.Templates.Values;

internal sealed class IntegerValue(long value) : TemplateValue
{
    public long Value { get; } = value;

    internal override string TypeName => "int";

    internal override bool IsTrue => Value != 0;
}
