using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>What kind of method a <see cref="BodyReader"/> reads.</summary>
internal enum BodyKind
{
    /// <summary>A tile program.</summary>
    Kernel,

    /// <summary>A method of a functor: pointwise, so its tiles are typed as scalars and take the caller's shapes later.</summary>
    Functor,

    /// <summary>A format's Decode: straight-line code over the bytes of a block.</summary>
    Decode,
}

/// <summary>
/// Reads the body of a method into IR. It is an allow-list over IOperation: statements here, control flow, expressions, calls and memory in
/// files of their own. Mutable locals become structured SSA: what a loop assigns is carried, what a branch assigns is a result.
/// </summary>
internal sealed partial class BodyReader
{
    private readonly Compilation _compilation;
    private readonly Mistakes _mistakes;
    private readonly Builder _builder;
    private readonly BodyKind _kind;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<ISymbol, Term> _terms = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ITypeParameterSymbol, ITypeSymbol> _typeArguments = new(SymbolEqualityComparer.Default);
    private readonly List<IMethodSymbol> _calls = [];
    private readonly Ranges _ranges = new();
    private IOperation? _at;
    private int _controlDepth;

    public BodyReader(Compilation compilation, Mistakes mistakes, Builder builder, BodyKind kind, CancellationToken cancellation)
    {
        _compilation = compilation;
        _mistakes = mistakes;
        _builder = builder;
        _kind = kind;
        _cancellation = cancellation;
    }

    /// <summary>The functor struct whose methods are read: type parameter "self" of its interface's default methods.</summary>
    public INamedTypeSymbol? Self { get; set; }

    public void Bind(IParameterSymbol parameter, Term term) => _terms[parameter.OriginalDefinition] = term;

    /// <summary>Reads a method whose parameters are bound and gives what it returns.</summary>
    public Term Read(IMethodSymbol method)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_calls.Any(m => SymbolEqualityComparer.Default.Equals(m, method.OriginalDefinition)))
            throw Mistakes.Error(Rules.Recursion, Here, method.Name);
        IBlockOperation body = BodyOf(method) ?? throw Mistakes.Silent();
        _calls.Add(method.OriginalDefinition);
        try
        {
            return Outermost(body);
        }
        finally
        {
            _calls.RemoveAt(_calls.Count - 1);
        }
    }

    /// <summary>Reads a method that returns values and ends the body with them.</summary>
    public void ReadFunction(IMethodSymbol method)
    {
        Value[] results = [];
        try
        {
            Term term = Read(method);
            Term[] parts = term is TupleTerm tuple ? tuple.Items : [term];
            results = [.. parts.Select(ToValue)];
        }
        catch (MistakeException exception)
        {
            _mistakes.Add(exception);
        }

        _builder.Leave(OpCode.Return, results);
    }

    /// <summary>The file name alone, so that generated code is the same on every machine.</summary>
    public static SourceLocation Locate(Location location)
    {
        FileLinePositionSpan span = location.GetLineSpan();
        return new SourceLocation(Path.GetFileName(span.Path), span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1);
    }

    private Location Here => (_at?.Syntax ?? _calls[_calls.Count - 1].DeclaringSyntaxReferences[0].GetSyntax(_cancellation)).GetLocation();

    private IBlockOperation? BodyOf(IMethodSymbol method)
    {
        IMethodSymbol definition = method.OriginalDefinition.PartialImplementationPart ?? method.OriginalDefinition;
        if (Language.SourceOf(definition, _compilation) is not { } reference)
            return null;
        SyntaxNode syntax = reference.GetSyntax(_cancellation);
        return _compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, _cancellation) switch
        {
            IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
            IBlockOperation block => block,
            _ => null,
        };
    }

    // A return may only be the last statement: everything before it runs in every program.
    private Term Outermost(IBlockOperation body)
    {
        Term result = new VoidTerm();
        for (int i = 0; i < body.Operations.Length; i++)
        {
            if (body.Operations[i] is IReturnOperation { Kind: OperationKind.Return } last && i == body.Operations.Length - 1)
            {
                if (last.ReturnedValue is { } value)
                    result = At(last, () => Evaluate(value));
            }
            else
            {
                Statement(body.Operations[i]);
            }
        }

        return result;
    }

    private void Statements(IOperation statement)
    {
        if (statement is IBlockOperation block)
        {
            foreach (IOperation inner in block.Operations)
                Statement(inner);
        }
        else
        {
            Statement(statement);
        }
    }

    // A mistake ends its own statement only, so that one build shows them all; what the statement would have assigned is broken.
    private void Statement(IOperation statement)
    {
        _cancellation.ThrowIfCancellationRequested();
        (IOperation? outer, SourceLocation location) = (_at, _builder.Location);
        try
        {
            At(statement, () =>
            {
                Dispatch(statement);
                return new VoidTerm();
            });
        }
        catch (MistakeException exception)
        {
            _mistakes.Add(exception);
            Break(statement);
        }
        catch (IrException exception)
        {
            _mistakes.Add(Rules.Shape, Here, exception.Reason);
            Break(statement);
        }

        (_at, _builder.Location) = (outer, location);
    }

    private void Dispatch(IOperation statement)
    {
        switch (statement)
        {
            case IBlockOperation block:
                Statements(block);
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(d => d.Declarators))
                    Declare(declarator);
                break;
            case IExpressionStatementOperation expression:
                Effect(expression.Operation);
                break;
            case IConditionalOperation branch:
                Branch(branch);
                break;
            case IForLoopOperation loop:
                For(loop);
                break;
            case IWhileLoopOperation { ConditionIsTop: true, ConditionIsUntil: false, Condition: { } condition } loop:
                While(loop, condition, []);
                break;
            case IReturnOperation { Kind: OperationKind.Return }:
                throw Mistakes.Error(Rules.EarlyReturn, Here);
            case IEmptyOperation:
                break;
            default:
                throw Unsupported.Of(statement);
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        ILocalSymbol local = declarator.Symbol;
        IVariableInitializerOperation? initializer =
            declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer;
        if (local.IsRef)
            throw Mistakes.Error(Rules.ByReference, declarator.Syntax.GetLocation(), local.Name);
        if (local.HasConstantValue)
            return;
        _terms[local] = initializer is null ? new UnassignedTerm() : Named(Evaluate(initializer.Value), local.Name);
    }

    // An expression statement: an assignment, a step, or a call made for its stores.
    private void Effect(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation or IAssignmentOperation or IIncrementOrDecrementOperation:
                Evaluate(operation);
                break;
            default:
                throw Unsupported.Of(operation);
        }
    }

    private static Term Named(Term term, string name)
    {
        if (term is ValueTerm { Value: { Name: null, Definition.Code: not OpCode.Const } value })
            value.Name = name;
        return term;
    }

    private void Break(IOperation statement)
    {
        foreach (ISymbol symbol in Assigned.In(statement).Concat(Assigned.DeclaredIn(statement)))
            _terms[symbol] = new BrokenTerm();
    }

    // Runs with the position of ops and mistakes at an operation. After a mistake the position stays, so that it is reported there.
    private T At<T>(IOperation operation, Func<T> run)
    {
        (IOperation? outer, SourceLocation location) = (_at, _builder.Location);
        _at = operation;
        _builder.Location = Locate(operation.Syntax.GetLocation());
        T result = run();
        _at = outer;
        _builder.Location = location;
        return result;
    }
}
