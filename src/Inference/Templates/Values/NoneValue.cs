namespace KernelFoundry.Inference.Templates.Values;

internal sealed class NoneValue : TemplateValue
{
    internal override string TypeName => "NoneType";

    internal override bool IsTrue => false;
}
