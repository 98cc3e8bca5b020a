namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>A built-in function, filter, test or method.</summary>
/// <param name="name">Its name.</param>
/// <param name="parameters">See <see cref="Signature"/>.</param>
/// <param name="body">What it does.</param>
internal sealed class NativeFunction(string name, string parameters, Func<BoundArguments, TemplateValue> body) : FunctionValue
{
    private readonly Signature _signature = new(parameters);

    public override string Name => name;

    public override TemplateValue Invoke(Interpreter interpreter, CallArguments arguments) => Invoke(interpreter.Context, arguments);

    public TemplateValue Invoke(RenderContext context, CallArguments arguments) => body(_signature.Bind(context, name, arguments));
}
