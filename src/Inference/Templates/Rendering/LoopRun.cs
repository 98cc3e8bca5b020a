using KernelFoundry.Inference.Templates.Syntax;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>One <c>for</c> loop.</summary>
internal sealed class LoopRun(Interpreter interpreter, ForStatement loop, Scope scope)
{
    private readonly RenderContext _context = interpreter.Context;

    public Flow Run() => Run(interpreter.Evaluate(loop.Items, scope), depth: 0);

    private Flow Run(TemplateValue over, int depth)
    {
        TemplateValue[] items = Iteration.Items(_context, over);
        if (loop.Filter is { } filter)
            items = [.. items.Where(item => Holds(filter, item))];
        var state = new LoopValue(items, depth, loop.IsRecursive ? Recurse : null);
        bool hasFinishedOne = false;
        for (int i = 0; i < items.Length; i++)
        {
            _context.Step();
            state.Index = i;

            // Every turn has a scope of its own: what it sets is gone in the next.
            var inner = new Scope(scope);
            inner.Set("loop", state);
            interpreter.Assign(loop.Target, items[i], inner);
            Flow flow = interpreter.Execute(loop.Body, inner);
            hasFinishedOne |= flow == Flow.Next;
            if (flow == Flow.Break)
                break;
        }

        // Jinja's else is for loops no turn of which came to its end, by break and continue too.
        return hasFinishedOne ? Flow.Next : interpreter.Execute(loop.Else, new Scope(scope));
    }

    private bool Holds(Expression filter, TemplateValue item)
    {
        var inner = new Scope(scope);
        interpreter.Assign(loop.Target, item, inner);
        return interpreter.Evaluate(filter, inner).IsTrue;
    }

    private TemplateValue Recurse(TemplateValue over, int depth) =>
        TemplateValue.From(interpreter.Capture(() => Run(over, depth)));
}
