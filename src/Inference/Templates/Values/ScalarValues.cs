namespace KernelFoundry.Inference.Templates.Values;

internal sealed class NoneValue : TemplateValue
{
    internal override string TypeName => "NoneType";

    internal override bool IsTrue => false;
}

internal sealed class BooleanValue(bool value) : TemplateValue
{
    public bool Value { get; } = value;

    internal override string TypeName => "bool";

    internal override bool IsTrue => Value;
}

internal sealed class IntegerValue(long value) : TemplateValue
{
    public long Value { get; } = value;

    internal override string TypeName => "int";

    internal override bool IsTrue => Value != 0;
}

internal sealed class FloatValue(double value) : TemplateValue
{
    public double Value { get; } = value;

    internal override string TypeName => "float";

    internal override bool IsTrue => Value != 0;
}

/// <summary>What is not there: empty as text and as a sequence, false, and an error for most else.</summary>
/// <param name="reason">What is missing, for the error.</param>
internal sealed class UndefinedValue(string reason) : TemplateValue
{
    public string Reason { get; } = reason;

    internal override string TypeName => "Undefined";

    internal override bool IsTrue => false;
}
