using KernelFoundry.Inference.Templates.Syntax;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>A macro, or the block of a call, with the variables around it.</summary>
internal sealed class MacroValue(MacroBody body, Scope scope) : FunctionValue
{
    public override string Name => body.Name;

    public MacroBody Body => body;

    internal override string TypeName => "Macro";

    public override TemplateValue Invoke(Interpreter interpreter, CallArguments arguments)
    {
        var inner = new Scope(scope);
        Bind(interpreter, arguments, inner);
        return TemplateValue.From(interpreter.Capture(() => interpreter.Execute(body.Body, inner)));
    }

    private void Bind(Interpreter interpreter, CallArguments arguments, Scope inner)
    {
        RenderContext context = interpreter.Context;
        int count = body.Parameters.Count;
        if (arguments.Positional.Count > count && !body.TakesMorePositional)
            throw context.Error($"the macro '{Name}' takes at most {count} arguments, not {arguments.Positional.Count}.");
        var named = new Dictionary<string, TemplateValue>(arguments.Named, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = body.Parameters[i];
            bool isNamed = named.Remove(name, out TemplateValue? value);
            if (i < arguments.Positional.Count)
            {
                if (isNamed)
                    throw context.Error($"the macro '{Name}' is given '{name}' twice.");
                value = arguments.Positional[i];
            }

            // A default may speak of the parameters before it.
            int defaultIndex = i - (count - body.Defaults.Count);
            inner.Set(name, value
                ?? (defaultIndex >= 0
                    ? interpreter.Evaluate(body.Defaults[defaultIndex], inner)
                    : new Values.UndefinedValue($"the parameter '{name}' was not provided.")));
        }

        BindOthers(context, arguments, named, inner);
    }

    private void BindOthers(RenderContext context, CallArguments arguments, Dictionary<string, TemplateValue> named, Scope inner)
    {
        if (body.TakesCaller)
        {
            inner.Set("caller", named.Remove("caller", out TemplateValue? caller)
                ? caller
                : new Values.UndefinedValue($"the macro '{Name}' was not called with a block."));
        }

        if (body.TakesMoreNamed)
            inner.Set("kwargs", TemplateValue.FromEntries(named));
        else if (named.Count > 0)
            throw context.Error($"the macro '{Name}' takes no argument '{named.Keys.First()}'.");
        if (body.TakesMorePositional)
            inner.Set("varargs", new Values.TupleValue([.. arguments.Positional.Skip(body.Parameters.Count)]));
    }
}
