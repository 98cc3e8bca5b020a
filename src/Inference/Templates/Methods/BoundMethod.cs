using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>A method of a value.</summary>
internal sealed class BoundMethod(TemplateValue self, NativeFunction method) : FunctionValue
{
    public override string Name => method.Name;

    internal override string TypeName => "builtin_function_or_method";

    public override TemplateValue Invoke(Interpreter interpreter, CallArguments arguments) =>
        method.Invoke(interpreter.Context, arguments.WithFirst(self));
}
