namespace KernelFoundry.Compiler.Interpreter;

/// <summary>The views an interpreted kernel is launched on.</summary>
public sealed class InterpreterMemory
{
    private readonly Dictionary<string, InterpreterView> _views = [];

    public InterpreterMemory(params InterpreterView[] views)
    {
        foreach (InterpreterView view in views)
            Add(view);
    }

    /// <summary>The views by name.</summary>
    public IReadOnlyDictionary<string, InterpreterView> Views => _views;

    public void Add(InterpreterView view) => _views.Add(view.Name, view);
}
