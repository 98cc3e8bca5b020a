namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>What can be called.</summary>
internal abstract class FunctionValue : TemplateValue
{
    /// <summary>Its name, for messages.</summary>
    public abstract string Name { get; }

    internal override string TypeName => "function";

    public abstract TemplateValue Invoke(Interpreter interpreter, CallArguments arguments);
}
