using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

// Expressions: constants, references, conversions, operators, choices and assignments.
internal sealed partial class BodyReader
{
    private static readonly Dictionary<BinaryOperatorKind, OpCode> Operators = new()
    {
        [BinaryOperatorKind.Add] = OpCode.Add,
        [BinaryOperatorKind.Subtract] = OpCode.Sub,
        [BinaryOperatorKind.Multiply] = OpCode.Mul,
        [BinaryOperatorKind.Divide] = OpCode.Div,
        [BinaryOperatorKind.Remainder] = OpCode.Rem,
        [BinaryOperatorKind.And] = OpCode.And,
        [BinaryOperatorKind.Or] = OpCode.Or,
        [BinaryOperatorKind.ExclusiveOr] = OpCode.Xor,
        [BinaryOperatorKind.LeftShift] = OpCode.Shl,
        [BinaryOperatorKind.RightShift] = OpCode.Shr,
        [BinaryOperatorKind.Equals] = OpCode.Eq,
        [BinaryOperatorKind.NotEquals] = OpCode.Ne,
        [BinaryOperatorKind.LessThan] = OpCode.Lt,
        [BinaryOperatorKind.LessThanOrEqual] = OpCode.Le,
        [BinaryOperatorKind.GreaterThan] = OpCode.Gt,
        [BinaryOperatorKind.GreaterThanOrEqual] = OpCode.Ge,
        [BinaryOperatorKind.ConditionalAnd] = OpCode.And,
        [BinaryOperatorKind.ConditionalOr] = OpCode.Or,
    };

    private Term Evaluate(IOperation operation) =>
        At(operation, () => Constant(operation) is { } constant ? new ValueTerm(constant) : Expression(operation));

    private Term Expression(IOperation operation) => operation switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation => Reference(operation),
        IConversionOperation conversion => Convert(conversion),
        IBinaryOperation binary => new ValueTerm(Binary(binary)),
        IUnaryOperation unary => new ValueTerm(Unary(unary)),
        IConditionalOperation { WhenFalse: { } whenFalse } choice => new ValueTerm(Conditional(choice, whenFalse)),
        IInvocationOperation call => Call(call),
        IPropertyReferenceOperation property => Property(property),
        IFieldReferenceOperation field => Field(field),
        IObjectCreationOperation creation => Create(creation),
        ITupleOperation tuple => new TupleTerm([.. tuple.Elements.Select(Evaluate)]),
        ISimpleAssignmentOperation { IsRef: false } assignment => Assign(assignment.Target, Evaluate(assignment.Value)),
        ICompoundAssignmentOperation assignment => Compound(assignment),
        IDeconstructionAssignmentOperation assignment => Assign(assignment.Target, Evaluate(assignment.Value)),
        IIncrementOrDecrementOperation step => Step(step),
        IParenthesizedOperation parenthesized => Evaluate(parenthesized.Operand),
        _ => throw Unsupported.Of(operation),
    };

    /// <summary>The value of an expression, which is a scalar or a tile.</summary>
    private Value ToValue(Term term) => term switch
    {
        ValueTerm value => value.Value,
        ParameterTerm parameter => _builder.Param(parameter.Name, parameter.DType),
        BrokenTerm or UnassignedTerm => throw Mistakes.Silent(),
        ViewTerm view => throw Mistakes.Error(Rules.NotAValue, Here, $"The view '{view.Name}'", "load its elements with Load"),
        FunctorTerm functor =>
            throw Mistakes.Error(Rules.NotAValue, Here, $"The functor '{functor.Name}'", "call its methods through its type parameter"),
        SelfTerm =>
            throw Mistakes.Error(Rules.NotAValue, Here, "The functor itself", "use its fields, or pass it on to a method that takes it"),
        TupleTerm => throw Mistakes.Error(Rules.NotAValue, Here, "A tuple", "deconstruct it: var (a, b) = ..."),
        _ => throw Mistakes.Error(Rules.NotAValue, Here, "This expression", "use a scalar or a tile"),
    };

    private Value Value(IOperation operation) => ToValue(Evaluate(operation));

    private Value Scalar(IOperation operation)
    {
        Value value = Value(operation);
        return value.Type.IsScalar
            ? value
            : throw Mistakes.Error(Rules.Shape, operation.Syntax.GetLocation(),
                $"a scalar is needed here, not {Shapes.Describe(value.Type)}");
    }

    private static int? Literal(Value value) => value.Definition is { Code: OpCode.Const } op ? op.Attr<Number>().Bits : null;

    private Value? Constant(IOperation operation)
    {
        if (!operation.ConstantValue.HasValue)
            return null;
        return operation.ConstantValue.Value switch
        {
            float value => _builder.Constant(value),
            int value => _builder.Constant(value),
            uint value => _builder.Constant(Number.Of(value)),
            bool value => _builder.Constant(Number.Of(value)),
            sbyte value when operation.Type?.SpecialType == SpecialType.System_SByte => _builder.Constant(Number.OfBits(DType.I8, value)),
            byte value => _builder.Constant(value),
            short value => _builder.Constant(value),
            ushort value => _builder.Constant(value),
            string => throw Mistakes.Error(Rules.Allocation, operation.Syntax.GetLocation(), "A string",
                "tell cases apart by an int or an enum constant"),
            _ => throw Mistakes.Error(Rules.Type, operation.Syntax.GetLocation(),
                operation.Type is null ? "null" : Language.Display(operation.Type), Unsupported.Instead(operation.Type)),
        };
    }

    private Term Reference(IOperation operation)
    {
        ISymbol symbol = Assigned.Reference(operation)!;
        if (_terms.TryGetValue(symbol, out Term? term))
            return term;
        throw Mistakes.Silent();
    }

    private Term Convert(IConversionOperation conversion)
    {
        // A tile from a scalar, or a mask from nothing, keeps its IR form: elementwise ops broadcast scalars.
        if (SymbolEqualityComparer.Default.Equals(conversion.Type, conversion.Operand.Type) || Language.TileOf(conversion.Type) is not null
            || conversion.Conversion.IsIdentity || conversion.Operand is ITupleOperation)
            return Evaluate(conversion.Operand);
        if (conversion.Operand is IInvalidOperation || conversion.Type is null or { TypeKind: TypeKind.Error })
            throw Mistakes.Silent();
        if (conversion.IsImplicit && conversion.Type is { IsReferenceType: true } && conversion.Operand.Type is { IsValueType: true })
        {
            throw Mistakes.Error(Rules.Allocation, Here, $"Boxing '{Language.Display(conversion.Operand.Type!)}'",
                "keep values in scalars and tiles");
        }

        if (Language.ScalarOf(conversion.Type) is not { } to
            || (conversion.Operand.Type is { } from && Language.OperandOf(from) is null && !IsEnum(from)))
        {
            if (Evaluate(conversion.Operand) is BrokenTerm)
                throw Mistakes.Silent();
            ITypeSymbol wrong = Language.ScalarOf(conversion.Type) is null ? conversion.Type : conversion.Operand.Type!;
            throw Mistakes.Error(Rules.Type, Here, Language.Display(wrong), Unsupported.Instead(wrong));
        }

        Value value = Value(conversion.Operand);
        return new ValueTerm(value.Type.DType == to ? value : _builder.Emit(OpCode.Convert, to, value));
    }

    private static bool IsEnum(ITypeSymbol type) => type.TypeKind == TypeKind.Enum;

    private Value Binary(IBinaryOperation binary)
    {
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
            return Shortcut(binary);
        Value left = Value(binary.LeftOperand), right = Value(binary.RightOperand);
        return Operate(binary.OperatorKind, left, right, binary.OperatorMethod);
    }

    private Value Operate(BinaryOperatorKind kind, Value left, Value right, IMethodSymbol? method)
    {
        if (method is not null && Language.TileOf(method.ContainingType) is null)
        {
            throw Mistakes.Error(Rules.Unsupported, Here, $"The operator of '{Language.Display(method.ContainingType)}'",
                "use scalars and tiles of the kernel language");
        }

        if (kind == BinaryOperatorKind.UnsignedRightShift)
        {
            return left.Type.DType == DType.U32
                ? Pointwise(OpCode.Shr, null, left, right)
                : _builder.Emit(OpCode.Bitcast, left.Type.DType,
                    Pointwise(OpCode.Shr, null, _builder.Emit(OpCode.Bitcast, DType.U32, left), right));
        }

        return Operators.TryGetValue(kind, out OpCode code) ? Pointwise(code, null, left, right) : throw Unsupported.Of(_at!);
    }

    private Value Shortcut(IBinaryOperation binary)
    {
        if (IsPerElement(binary))
            throw Mistakes.Error(Rules.NonUniform, binary.Syntax.GetLocation());
        Value left = Condition(binary.LeftOperand);
        bool isAnd = binary.OperatorKind == BinaryOperatorKind.ConditionalAnd;
        if (Literal(left) is { } known)
            return (known != 0) == isAnd ? Condition(binary.RightOperand) : left;
        if (Speculation.IsFree(binary.RightOperand) || _kind == BodyKind.Decode)
            return Pointwise(isAnd ? OpCode.And : OpCode.Or, null, left, Condition(binary.RightOperand));
        Value right = null!;
        Block evaluated = Region(false, [], OpCode.Yield, () => [right = Condition(binary.RightOperand)]);
        Block skipped = Region(false, [], OpCode.Yield, () => [left]);
        return _builder.Control(OpCode.If, [left], isAnd ? [evaluated, skipped] : [skipped, evaluated], left.Type)[0];
    }

    private Value Unary(IUnaryOperation unary)
    {
        Value operand = Value(unary.Operand);
        return unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => operand,
            UnaryOperatorKind.Minus => _builder.Emit(OpCode.Neg, null, operand),
            UnaryOperatorKind.Not or UnaryOperatorKind.BitwiseNegation => _builder.Emit(OpCode.Not, null, operand),
            _ => throw Unsupported.Of(unary),
        };
    }

    private Value Conditional(IConditionalOperation choice, IOperation whenFalse)
    {
        Value condition = Condition(choice.Condition);
        if (Literal(condition) is { } known)
            return Value(known != 0 ? choice.WhenTrue : whenFalse);
        if (_kind != BodyKind.Decode && !(Speculation.IsFree(choice.WhenTrue) && Speculation.IsFree(whenFalse)))
            return Choose(condition, choice.WhenTrue, whenFalse);
        Value a = Value(choice.WhenTrue), b = Value(whenFalse);
        KeepShape("the result of ?:", a.Type, b.Type, whenFalse);
        return Pointwise(OpCode.Select, null, condition, a, b);
    }

    private Term Assign(IOperation target, Term value)
    {
        switch (target)
        {
            case IDiscardOperation:
                return value;
            case ITupleOperation tuple when value is TupleTerm parts && parts.Items.Length == tuple.Elements.Length:
                for (int i = 0; i < parts.Items.Length; i++)
                    Assign(tuple.Elements[i], parts.Items[i]);
                return value;
            case IDeclarationExpressionOperation { Expression: ITupleOperation declared }:
                return Assign(declared, value);
        }

        if (Assigned.Reference(target) is not { } symbol)
        {
            throw Mistakes.Error(Rules.Unsupported, target.Syntax.GetLocation(), $"Assigning to '{target.Syntax}'",
                "assign to locals, and write memory with Store");
        }

        if (_terms.TryGetValue(symbol, out Term? before) && before is ValueTerm { Value: var old } && value is ValueTerm { Value: var now })
            KeepShape($"'{symbol.Name}'", old.Type, now.Type, _at!);
        return _terms[symbol] = Named(value is ValueTerm or ParameterTerm ? new ValueTerm(ToValue(value)) : value, symbol.Name);
    }

    private Term Compound(ICompoundAssignmentOperation assignment)
    {
        Value target = Value(assignment.Target), value = Value(assignment.Value);
        if (Language.DTypeOf(assignment.Type) is { } type && assignment.OperatorMethod is null && value.Type.DType != target.Type.DType
            && assignment.OperatorKind is not (BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift))
        {
            // C# computes a compound assignment in the wider type and narrows it back.
            DType wide = target.Type.DType == DType.F32 || value.Type.DType == DType.F32 ? DType.F32 : type;
            target = _builder.Emit(OpCode.Convert, wide, target);
            value = _builder.Emit(OpCode.Convert, wide, value);
            return Assign(assignment.Target,
                new ValueTerm(_builder.Emit(OpCode.Convert, type, Operate(assignment.OperatorKind, target, value, null))));
        }

        return Assign(assignment.Target, new ValueTerm(Operate(assignment.OperatorKind, target, value, assignment.OperatorMethod)));
    }

    private Term Step(IIncrementOrDecrementOperation step)
    {
        Value before = Value(step.Target);
        Value one = before.Type.DType == DType.F32 ? _builder.Constant(1f) : _builder.Constant(Number.OfBits(before.Type.DType, 1));
        Term after = Assign(step.Target,
            new ValueTerm(Pointwise(step.Kind == OperationKind.Increment ? OpCode.Add : OpCode.Sub, null, before, one)));
        return step.IsPostfix ? new ValueTerm(before) : after;
    }

    private Value Pointwise(OpCode code, object? attribute, params Value[] operands)
    {
        if (Shapes.FirstMismatch(operands.Select(o => o.Type)) is { } mismatch)
            throw Mistakes.Error(Rules.Shape, Here, mismatch);
        return _builder.Emit(code, attribute, operands);
    }

    private static void KeepShape(string what, ValueType before, ValueType now, IOperation at)
    {
        if (!before.SameAs(now))
            throw Mistakes.Error(Rules.Reshaped, at.Syntax.GetLocation(), what, Shapes.Describe(before), Shapes.Describe(now));
    }
}
