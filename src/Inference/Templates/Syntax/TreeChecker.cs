using KernelFoundry.Inference.Templates.Filters;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>
/// Finds what is wrong with a template before it is rendered: filters and tests that do not exist, loop controls outside of loops. Notes
/// what macros speak of.
/// </summary>
internal sealed class TreeChecker
{
    private readonly SourceText _source;
    private readonly Stack<MacroBody> _macros = new();

    // What stands behind a condition may be there for other engines: it is an error only once it is reached.
    private int _conditions;
    private int _loops;
    private int _loopsAround;

    private TreeChecker(SourceText source) => _source = source;

    /// <exception cref="TemplateException">Something is wrong.</exception>
    public static void Check(SourceText source, TemplateTree tree) => new TreeChecker(source).Check(tree.Body);

    private void Check(IEnumerable<Node?> nodes)
    {
        foreach (Node? node in nodes)
            Check(node);
    }

    private void Check(Node? node)
    {
        if (node is null)
            return;
        Nesting.RequireStack(_source, node.At);
        switch (node)
        {
            case NameExpression name:
                NoteName(name.Name);
                break;
            case FilterExpression filter when _conditions == 0 && !FilterTable.All.ContainsKey(filter.Name):
                throw _source.Error(filter.At, FilterTable.Unknown(filter.Name));
            case TestExpression test when _conditions == 0 && !TestTable.All.ContainsKey(test.Name):
                throw _source.Error(test.At, TestTable.Unknown(test.Name));
            case NameTarget { Name: "loop" } when _loopsAround > 0:
                throw _source.Error(node.At, "'loop' is the loop itself and cannot be assigned to.");
            case BreakStatement or ContinueStatement when _loops == 0:
                throw _source.Error(node.At, "break and continue stand in loops only.");
        }

        switch (node)
        {
            case MacroStatement macro:
                CheckMacro(macro.Macro);
                break;
            case CallStatement call:
                Check(call.Call);
                CheckMacro(call.Caller);
                break;
            case ForStatement loop:
                CheckLoop(loop);
                break;
            case IfStatement or ConditionalExpression:
                _conditions++;
                Check(TreeWalk.Children(node));
                _conditions--;
                break;
            case BlockStatement or GenerationStatement:
                CheckApart(TreeWalk.Children(node));
                break;
            default:
                Check(TreeWalk.Children(node));
                break;
        }
    }

    private void CheckLoop(ForStatement loop)
    {
        Check([loop.Items, loop.Filter]);
        _loopsAround++;
        Check(loop.Target);
        _loops++;
        Check(loop.Body);
        _loops--;
        Check(loop.Else);
        _loopsAround--;
    }

    private void CheckMacro(MacroBody macro)
    {
        _macros.Push(macro);
        Check(macro.Defaults);
        CheckApart(macro.Body);
        _macros.Pop();
    }

    // A break in there does not reach a loop outside.
    private void CheckApart(IEnumerable<Node> body)
    {
        int loops = _loops;
        _loops = 0;
        Check(body);
        _loops = loops;
    }

    private void NoteName(string name)
    {
        foreach (MacroBody macro in _macros)
        {
            if (macro.Parameters.Contains(name))
                continue;
            macro.TakesMorePositional |= name == "varargs";
            macro.TakesMoreNamed |= name == "kwargs";
            macro.TakesCaller |= name == "caller";
        }
    }
}
