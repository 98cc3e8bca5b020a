using System.Text;
using KernelFoundry.Inference.Templates.Syntax;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>Executes a template's statements, once.</summary>
internal sealed class Interpreter
{
    private readonly Evaluator _evaluator;
    private readonly StringBuilder _rootOutput = new();
    private readonly List<Range> _generated = [];
    private readonly Scope _globals;
    private readonly Scope _top;
    private StringBuilder _output;

    public Interpreter(SourceText source, TemplateOptions options, CancellationToken cancellationToken)
    {
        Context = new RenderContext(source, options, cancellationToken);
        _evaluator = new Evaluator(this);
        _output = _rootOutput;
        _globals = new Scope(null);
        _top = new Scope(_globals);
    }

    public RenderContext Context { get; }

    public RenderedTemplate Run(TemplateTree tree, IReadOnlyDictionary<string, TemplateValue> variables)
    {
        foreach ((string name, FunctionValue function) in Globals.All)
            _globals.Set(name, function);
        foreach ((string name, TemplateValue value) in variables)
            _globals.Set(name, value);
        if (tree.Blocks.Count > 0)
            _globals.Set("self", new BlocksValue(tree.Blocks.ToDictionary(b => b.Key, b => (TemplateValue)BlockFunction(b.Value))));
        Execute(tree.Body, _top);
        return new RenderedTemplate(_rootOutput.ToString(), _generated);
    }

    public TemplateValue Evaluate(Expression expression, Scope scope) => _evaluator.Evaluate(expression, scope);

    /// <summary>What statements write.</summary>
    public string Capture(Action body)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        body();
        string text = _output.ToString();
        _output = outer;
        Context.ReserveText(text.Length);
        return text;
    }

    public Flow Execute(IReadOnlyList<Statement> body, Scope scope)
    {
        Context.Enter();
        Flow flow = Flow.Next;
        for (int i = 0; i < body.Count && flow == Flow.Next; i++)
        {
            Context.Step();
            Context.Position = body[i].At;
            flow = Execute(body[i], scope);
        }

        Context.Leave();
        return flow;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case TextStatement text:
                Write(text.Text);
                return Flow.Next;
            case OutputStatement output:
                Write(PythonText.Str(Context, Evaluate(output.Value, scope)));
                return Flow.Next;
            case SetStatement set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case IfStatement branches:
                return Execute(branches, scope);
            case ForStatement loop:
                return new LoopRun(this, loop, scope).Run();
            case MacroStatement macro:
                scope.Set(macro.Macro.Name, new MacroValue(macro.Macro, scope));
                return Flow.Next;
            case CallStatement call:
                Write(PythonText.Str(Context, _evaluator.Call(call.Call, scope, new MacroValue(call.Caller, scope))));
                return Flow.Next;
            case SetBlockStatement set:
                return ExecuteSetBlock(set, scope);
            case FilterStatement filter:
                return ExecuteFilter(filter, scope);
            case WithStatement with:
                return ExecuteWith(with, scope);
            case BlockStatement block:
                Execute(block.Body, new Scope(block.IsScoped ? scope : _top));
                return Flow.Next;
            case GenerationStatement generation:
                ExecuteGeneration(generation, scope);
                return Flow.Next;
            case BreakStatement:
                return Flow.Break;
            case ContinueStatement:
                return Flow.Continue;
            default:
                throw Context.Error($"'{((LoadStatement)statement).Keyword}' needs another template, and a chat template stands alone.");
        }
    }

    public void Assign(Target target, TemplateValue value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case AttributeTarget attribute:
                var space = scope.Find(attribute.Namespace) as NamespaceValue
                    ?? throw Context.Error($"'{attribute.Namespace}' is no namespace, so that it has no attribute to set.");
                space.Attributes[attribute.Name] = value;
                break;
            case TupleTarget tuple:
                TemplateValue[] items = Iteration.Items(Context, value);
                if (items.Length != tuple.Items.Count)
                    throw Context.Error($"{tuple.Items.Count} variables cannot take {items.Length} values.");
                for (int i = 0; i < items.Length; i++)
                    Assign(tuple.Items[i], items[i], scope);
                break;
        }
    }

    private void Write(string text)
    {
        Context.Step(text.Length / 32);
        if ((long)_output.Length + text.Length > Context.Options.MaxOutputLength)
            Context.ReserveText((long)_output.Length + text.Length);
        _output.Append(text);
    }

    private Flow Execute(IfStatement branches, Scope scope)
    {
        foreach ((Expression test, IReadOnlyList<Statement> body) in branches.Branches)
        {
            if (Evaluate(test, scope).IsTrue)
                return Execute(body, scope);
        }

        return Execute(branches.Else, scope);
    }

    private Flow ExecuteSetBlock(SetBlockStatement set, Scope scope)
    {
        Flow flow = Flow.Next;
        string text = Capture(() => flow = Execute(set.Body, new Scope(scope)));
        if (flow == Flow.Next)
        {
            TemplateValue value = TemplateValue.From(text);
            Assign(set.Target, set.Filter is null ? value : _evaluator.Filter((FilterExpression)set.Filter, value, scope), scope);
        }

        return flow;
    }

    private Flow ExecuteFilter(FilterStatement filter, Scope scope)
    {
        Flow flow = Flow.Next;
        var inner = new Scope(scope);
        string text = Capture(() => flow = Execute(filter.Body, inner));
        if (flow == Flow.Next)
            Write(PythonText.Str(Context, _evaluator.Filter((FilterExpression)filter.Filter, TemplateValue.From(text), inner)));
        return flow;
    }

    private Flow ExecuteWith(WithStatement with, Scope scope)
    {
        var inner = new Scope(scope);
        foreach ((Target target, Expression value) in with.Values)
            Assign(target, Evaluate(value, scope), inner);
        return Execute(with.Body, inner);
    }

    private void ExecuteGeneration(GenerationStatement generation, Scope scope)
    {
        int start = _output.Length;
        Execute(generation.Body, new Scope(scope));

        // Inside of a macro or a block it is not known yet where the text will stand.
        if (_output == _rootOutput)
            _generated.Add(start.._output.Length);
    }

    private NativeFunction BlockFunction(BlockStatement block) =>
        new(block.Name, "", _ => TemplateValue.From(Capture(() => Execute(block.Body, new Scope(_top)))));
}
