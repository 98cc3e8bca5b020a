using KernelFoundry.Inference.Templates.Filters;
using KernelFoundry.Inference.Templates.Syntax;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>Evaluates expressions.</summary>
internal sealed class Evaluator(Interpreter interpreter)
{
    private readonly RenderContext _context = interpreter.Context;

    public TemplateValue Evaluate(Expression expression, Scope scope)
    {
        _context.Step();
        _context.Enter();
        _context.Position = expression.At;
        TemplateValue value = expression switch
        {
            Literal x => x.Value,
            NameExpression x => scope.Find(x.Name) ?? new UndefinedValue($"'{x.Name}' is undefined."),
            AttributeExpression x => Attribute(x, scope),
            SubscriptExpression x => Subscript(x, scope),
            SliceExpression x => Slice(x, scope),
            CallExpression x => Call(x, scope, caller: null),
            FilterExpression x => Filter(x, Evaluate(x.Input!, scope), scope),
            TestExpression x => Test(x, scope),
            ConditionalExpression x => Conditional(x, scope),
            BinaryExpression x => Binary(x, scope),
            UnaryExpression x => Unary(x, scope),
            ComparisonExpression x => Comparison(x, scope),
            ConcatenationExpression x => Concatenation(x, scope),
            SequenceExpression x => Sequence(x, scope),
            DictExpression x => Dict(x, scope),
            _ => throw new InvalidOperationException($"The template holds an expression of the unknown type {expression.GetType()}."),
        };
        _context.Leave();
        return value;
    }

    /// <summary>A call, with a block or without.</summary>
    public TemplateValue Call(CallExpression call, Scope scope, MacroValue? caller)
    {
        TemplateValue target = Evaluate(call.Target, scope);
        CallArguments arguments = Arguments(call.Arguments, scope);
        if (caller is not null)
            arguments = arguments with { Named = [.. arguments.Named, new("caller", caller)] };
        _context.Position = call.At;
        return target switch
        {
            FunctionValue function => function.Invoke(interpreter, arguments),
            UndefinedValue missing => throw _context.Error(missing.Reason),
            _ => throw _context.Error($"a {target.TypeName} cannot be called."),
        };
    }

    /// <summary>A chain of filters, the first of which takes a value.</summary>
    public TemplateValue Filter(FilterExpression filter, TemplateValue input, Scope scope)
    {
        // In a chain without an input of its own, the innermost filter takes the value.
        if (filter.Input is FilterExpression { } inner && IsOpen(inner))
            input = Filter(inner, input, scope);
        CallArguments arguments = Arguments(filter.Arguments, scope);
        _context.Position = filter.At;
        if (!FilterTable.All.TryGetValue(filter.Name, out NativeFunction? function))
            throw _context.Error(FilterTable.Unknown(filter.Name));
        return function.Invoke(_context, arguments.WithFirst(input));
    }

    private static bool IsOpen(FilterExpression filter) =>
        filter.Input is null || (filter.Input is FilterExpression inner && IsOpen(inner));

    private TemplateValue Test(TestExpression test, Scope scope)
    {
        TemplateValue input = Evaluate(test.Input, scope);
        CallArguments arguments = Arguments(test.Arguments, scope);
        _context.Position = test.At;
        if (!TestTable.All.TryGetValue(test.Name, out NativeFunction? function))
            throw _context.Error(TestTable.Unknown(test.Name));
        return function.Invoke(_context, arguments.WithFirst(input));
    }

    private CallArguments Arguments(ArgumentList list, Scope scope)
    {
        if (ReferenceEquals(list, ArgumentList.Empty))
            return CallArguments.Empty;
        var positional = new List<TemplateValue>(list.Positional.Count);
        foreach (Expression argument in list.Positional)
            positional.Add(Evaluate(argument, scope));
        var named = new List<KeyValuePair<string, TemplateValue>>(list.Named.Count);
        foreach ((string name, Expression argument) in list.Named)
            named.Add(new(name, Evaluate(argument, scope)));
        if (list.MorePositional is not null)
            positional.AddRange(Iteration.Items(_context, Evaluate(list.MorePositional, scope)));
        if (list.MoreNamed is not null)
            AddNamed(Evaluate(list.MoreNamed, scope), named);
        return new CallArguments(positional, named);
    }

    private void AddNamed(TemplateValue more, List<KeyValuePair<string, TemplateValue>> named)
    {
        if (more is not DictValue dict)
            throw _context.Error($"named arguments come from a dictionary, not from a {more.TypeName}.");
        _context.Step(dict.Entries.Count);
        var names = new HashSet<string>(named.Select(n => n.Key));
        foreach ((TemplateValue key, TemplateValue value) in dict.Entries)
        {
            string name = (key as StringValue)?.Text ?? throw _context.Error("the names of arguments are texts.");
            if (!names.Add(name))
                throw _context.Error($"the argument '{name}' is given twice.");
            named.Add(new(name, value));
        }
    }

    private TemplateValue Attribute(AttributeExpression x, Scope scope)
    {
        TemplateValue target = Evaluate(x.Target, scope);
        _context.Position = x.At;
        return Indexing.Attribute(_context, target, x.Name);
    }

    private TemplateValue Subscript(SubscriptExpression x, Scope scope)
    {
        TemplateValue target = Evaluate(x.Target, scope);
        TemplateValue index = Evaluate(x.Index, scope);
        _context.Position = x.At;
        return Indexing.Item(_context, target, index);
    }

    private TemplateValue Slice(SliceExpression x, Scope scope)
    {
        TemplateValue target = Evaluate(x.Target, scope);
        TemplateValue start = x.Start is null ? TemplateValue.None : Evaluate(x.Start, scope);
        TemplateValue stop = x.Stop is null ? TemplateValue.None : Evaluate(x.Stop, scope);
        TemplateValue step = x.Step is null ? TemplateValue.None : Evaluate(x.Step, scope);
        _context.Position = x.At;
        return Indexing.Slice(_context, target, start, stop, step);
    }

    private TemplateValue Conditional(ConditionalExpression x, Scope scope)
    {
        if (Evaluate(x.Test, scope).IsTrue)
            return Evaluate(x.Yes, scope);
        return x.No is null ? new UndefinedValue("the condition is false and there is no else.") : Evaluate(x.No, scope);
    }

    private TemplateValue Binary(BinaryExpression x, Scope scope)
    {
        TemplateValue left = Evaluate(x.Left, scope);
        switch (x.Operator)
        {
            case BinaryOperator.And:
                return left.IsTrue ? Evaluate(x.Right, scope) : left;
            case BinaryOperator.Or:
                return left.IsTrue ? left : Evaluate(x.Right, scope);
            default:
                TemplateValue right = Evaluate(x.Right, scope);
                _context.Position = x.At;
                return Arithmetic.Apply(_context, x.Operator, left, right);
        }
    }

    private TemplateValue Unary(UnaryExpression x, Scope scope)
    {
        TemplateValue operand = Evaluate(x.Operand, scope);
        _context.Position = x.At;
        return x.Operator == UnaryOperator.Not ? TemplateValue.From(!operand.IsTrue) : Arithmetic.Apply(_context, x.Operator, operand);
    }

    private TemplateValue Comparison(ComparisonExpression x, Scope scope)
    {
        TemplateValue left = Evaluate(x.First, scope);
        foreach ((ComparisonOperator comparison, Expression next) in x.Rest)
        {
            TemplateValue right = Evaluate(next, scope);
            _context.Position = x.At;
            if (!Holds(comparison, left, right))
                return TemplateValue.False;
            left = right;
        }

        return TemplateValue.True;
    }

    private bool Holds(ComparisonOperator comparison, TemplateValue left, TemplateValue right) => comparison switch
    {
        ComparisonOperator.Equal => Values.Comparison.AreEqual(_context, left, right),
        ComparisonOperator.NotEqual => !Values.Comparison.AreEqual(_context, left, right),
        ComparisonOperator.In => Values.Comparison.Contains(_context, right, left),
        ComparisonOperator.NotIn => !Values.Comparison.Contains(_context, right, left),
        ComparisonOperator.Less => Values.Comparison.Order(_context, left, right) < 0,
        ComparisonOperator.LessOrEqual => Values.Comparison.Order(_context, left, right) <= 0,
        ComparisonOperator.Greater => Values.Comparison.Order(_context, left, right) > 0,
        _ => Values.Comparison.Order(_context, left, right) >= 0,
    };

    private TemplateValue Concatenation(ConcatenationExpression x, Scope scope)
    {
        var parts = new string[x.Parts.Count];
        long length = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = PythonText.Str(_context, Evaluate(x.Parts[i], scope));
            length += parts[i].Length;
        }

        _context.Position = x.At;
        _context.ReserveText(length);
        return TemplateValue.From(string.Concat(parts));
    }

    private TemplateValue Sequence(SequenceExpression x, Scope scope)
    {
        _context.ReserveItems(x.Items.Count);
        var items = new TemplateValue[x.Items.Count];
        for (int i = 0; i < items.Length; i++)
            items[i] = Evaluate(x.Items[i], scope);
        return x.IsTuple ? new TupleValue(items) : new ListValue(items);
    }

    private DictValue Dict(DictExpression x, Scope scope)
    {
        _context.ReserveItems(2L * x.Pairs.Count);
        var dict = new DictBuilder();
        foreach ((Expression key, Expression value) in x.Pairs)
        {
            TemplateValue k = Keys.Require(_context, Evaluate(key, scope));
            dict.Set(k, Evaluate(value, scope));
        }

        return dict.Build();
    }
}
