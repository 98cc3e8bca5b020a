namespace KernelFoundry.Inference.Templates.Values;

/// <summary>What is not there: empty as text and as a sequence, false, and an error for most else.</summary>
/// <param name="reason">What is missing, for the error.</param>
internal sealed class UndefinedValue(string reason) : TemplateValue
{
    public string Reason { get; } = reason;

    internal override string TypeName => "Undefined";

    internal override bool IsTrue => false;
}
