using System.Collections.Immutable;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

// Calls and members: operations of the language, functor methods, device functions (inlined), extents and functor fields.
internal sealed partial class BodyReader
{
    private Term Call(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (Language.NameOf(method.ContainingType) is { } owner)
        {
            if (owner == "Ops" && Operations.Table.TryGetValue(method.Name, out Func<BodyReader, Arguments, Value>? operation))
                return new ValueTerm(operation(this, new Arguments(this, call)));
            if (owner == "Tile" && Operations.TileMethods.TryGetValue(method.Name, out DType to))
                return new ValueTerm(Cast(Value(call.Instance!), to));
            if (Language.RankOf(method.ContainingType) > 0)
                return Memory(call);
            if (owner == "Block" && _kind == BodyKind.Decode)
                return new ValueTerm(Byte(call));
        }

        if (method.IsStatic && Language.IsFunctorInterface(method.ContainingType) && call.ConstrainedToType is { } constrained)
            return Functor(call, constrained);
        if (Language.Has(method.OriginalDefinition, "DeviceFunction"))
            return Inline(call, method, null);
        throw Unsupported.Call(call, Here, _compilation);
    }

    private Value Cast(Value value, DType to) => value.Type.DType == to ? value : _builder.Emit(OpCode.Convert, to, value);

    // A functor method: a Call op in a kernel; inside the functor itself, the method's own body.
    private Term Functor(IInvocationOperation call, ITypeSymbol constrained)
    {
        ITypeSymbol type = constrained is ITypeParameterSymbol parameter && _typeArguments.TryGetValue(parameter, out ITypeSymbol? argument)
            ? argument
            : constrained;
        if (Self is not null && SymbolEqualityComparer.Default.Equals(type, Self))
        {
            return FunctorReader.Implementation(Self, call.TargetMethod) is { } own ? Inline(call, own, Self) : throw Mistakes.Silent();
        }

        if (type is not ITypeParameterSymbol typeParameter)
        {
            throw Mistakes.Error(Rules.Unsupported, Here, $"Calling '{Language.Display(type)}.{call.TargetMethod.Name}' directly",
                "make the functor a type parameter of the kernel");
        }

        if (Language.DTypeOf(call.TargetMethod.ReturnType) is not { } result)
        {
            throw Mistakes.Error(Rules.Type, Here, Language.Display(call.TargetMethod.ReturnType),
                "functor methods return a scalar or a tile");
        }

        string self = "";
        var operands = new List<Value>();
        foreach (IArgumentOperation value in call.Arguments.OrderBy(a => a.Parameter!.Ordinal))
        {
            Term term = Evaluate(value.Value);
            if (term is FunctorTerm functor)
                self = functor.Name;
            else
                operands.Add(ToValue(term));
        }

        if (Shapes.FirstMismatch(operands.Select(o => o.Type)) is { } mismatch)
            throw Mistakes.Error(Rules.Shape, Here, mismatch);
        return new ValueTerm(_builder.Call(new FunctorCall(typeParameter.Name, call.TargetMethod.Name, self, result), [.. operands]));
    }

    private Term Inline(IInvocationOperation call, IMethodSymbol method, ITypeSymbol? self)
    {
        IMethodSymbol definition = method.OriginalDefinition;
        if (Language.SourceOf(definition, _compilation) is null)
            return new ValueTerm(InlineShipped(call, definition));
        if (definition.Parameters.FirstOrDefault(p => p.RefKind is RefKind.Ref or RefKind.Out) is { } reference)
            throw Mistakes.Error(Rules.ByReference, Here, reference.Name);
        Term[] arguments = new Term[definition.Parameters.Length];
        foreach (IArgumentOperation argument in call.Arguments)
            arguments[argument.Parameter!.Ordinal] = Evaluate(argument.Value);
        var outer = definition.TypeParameters.Select(p => (p, _typeArguments.TryGetValue(p, out ITypeSymbol? t) ? t : null)).ToArray();
        ITypeSymbol[] inner =
            [.. method.TypeArguments.Select(t => t is ITypeParameterSymbol p && _typeArguments.TryGetValue(p, out ITypeSymbol? bound)
                ? bound
                : t)];
        for (int i = 0; i < inner.Length; i++)
            _typeArguments[definition.TypeParameters[i]] = inner[i];
        if (self is not null && definition.ContainingType is { TypeKind: TypeKind.Interface, TypeParameters: { Length: 1 } contract })
            _typeArguments[contract[0]] = self;
        for (int i = 0; i < arguments.Length; i++)
            Bind(definition.Parameters[i], arguments[i]);

        Term result = Read(definition);
        foreach ((ITypeParameterSymbol parameter, ITypeSymbol? argument) in outer)
        {
            if (argument is not null)
                _typeArguments[parameter] = argument;
        }

        return result;
    }

    // A device function of another assembly, which ships the IR of those that work element by element.
    private Value InlineShipped(IInvocationOperation call, IMethodSymbol method)
    {
        if (DeviceFunctions.Find(method) is not { } function)
        {
            throw Mistakes.Error(Rules.Unsupported, Here,
                $"'{method.Name}', a device function of another assembly that does not work element by element,",
                "copy it into this project, or make it a method of a functor");
        }

        Value[] arguments = [.. call.Arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => Value(a.Value))];
        if (Shapes.FirstMismatch(arguments.Select(a => a.Type)) is { } mismatch)
            throw Mistakes.Error(Rules.Shape, Here, mismatch);
        Value result = new IrInliner(_builder).Inline(function, arguments);
        Extent[] shape = TypeRules.Broadcast(arguments.Select(a => a.Type), _builder.Location);
        return result.Type.IsScalar && shape.Length > 0 && Language.TileOf(method.ReturnType) is not null
            ? _builder.Emit(OpCode.Splat, null, [result, .. shape.Select(ExtentValue)])
            : result;
    }

    private Term Property(IPropertyReferenceOperation reference)
    {
        string name = reference.Property.Name;
        if (name is "Extent0" or "Extent1" or "Extent2" or "Extent3" && reference.Instance is { } instance)
        {
            int axis = name[6] - '0';
            if (Language.RankOf(instance.Type) > 0 && Evaluate(instance) is ViewTerm view)
                return new ValueTerm(_builder.Emit(OpCode.ViewExtent, new MemoryAccess(view.Name, axis)));
            if (Language.TileOf(instance.Type) is not null)
                return new ValueTerm(TileExtent(Value(instance), axis));
        }

        if (name == "BlockSize" && reference.Instance is { } blocks && Language.RankOf(blocks.Type) > 0 && Evaluate(blocks) is ViewTerm held)
            return new ValueTerm(_builder.Emit(OpCode.BlockSize, new MemoryAccess(held.Name)));
        if (reference.Instance is { } self && Evaluate(self) is SelfTerm)
            return SelfField(name, reference.Property.Type);
        if (reference.Instance is { } quantized && Language.NameOf(quantized.Type) == "Quantized" && Evaluate(quantized) is TupleTerm parts)
            return parts.Items[name switch { "Scale" => 0, "Code" => 1, _ => 2 }];
        throw Unsupported.Member(reference, Here);
    }

    private Value TileExtent(Value tile, int axis)
    {
        RequireKernel("The extent of a tile");
        if (axis >= tile.Type.Rank)
            throw Mistakes.Error(Rules.Shape, Here, $"{Shapes.Describe(tile.Type)} has no Extent{axis}");
        return ExtentValue(tile.Type.Shape[axis]);
    }

    private Value ExtentValue(Extent extent) => extent.Dynamic ?? _builder.Constant(extent.Constant);

    private Term Field(IFieldReferenceOperation reference)
    {
        if (reference.Instance is { } instance)
        {
            Term term = Evaluate(instance);
            if (term is BrokenTerm)
                throw Mistakes.Silent();
            if (term is SelfTerm)
                return SelfField(reference.Field.Name, reference.Field.Type);
            if (term is TupleTerm tuple && instance.Type is INamedTypeSymbol { IsTupleType: true } type)
            {
                ImmutableArray<IFieldSymbol> elements = type.TupleElements;
                for (int i = 0; i < elements.Length; i++)
                {
                    if (elements[i].Name == reference.Field.Name || $"Item{i + 1}" == reference.Field.Name)
                        return tuple.Items[i];
                }
            }
        }

        throw Unsupported.Member(reference, Here);
    }

    private Term SelfField(string name, ITypeSymbol type)
    {
        if (FunctorReader.FieldOf(Self!, name) is not { } field)
        {
            throw Mistakes.Error(Rules.Unsupported, Here, $"'{name}', which is not stored in the functor,",
                "write its formula in the method");
        }

        return field.Kind == ParameterKind.View
            ? new ViewTerm(field.Name, field.Rank, field.Element)
            : new ValueTerm(_builder.Field(field.Name, Language.ScalarOf(type) ?? field.DType));
    }

    // The only objects a kernel makes are what a format's Decode returns.
    private TupleTerm Create(IObjectCreationOperation creation)
    {
        if (creation.Type is null or { TypeKind: TypeKind.Error })
            throw Mistakes.Silent();
        if (Language.NameOf(creation.Type) == "Quantized" && creation.Arguments.Length == 3 && creation.Initializer is null)
        {
            var parts = new Term[3];
            foreach (IArgumentOperation argument in creation.Arguments)
                parts[argument.Parameter!.Ordinal] = Evaluate(argument.Value);
            return new TupleTerm(parts);
        }

        throw creation.Type.IsReferenceType
            ? Mistakes.Error(Rules.Allocation, Here, $"'new {creation.Type.Name}'", "keep values in scalars and tiles, and state in views")
            : Mistakes.Error(Rules.Unsupported, Here, $"Making a '{Language.Display(creation.Type)}'",
                "keep its parts in locals, or return a tuple from a device function");
    }

    private void RequireKernel(string what)
    {
        if (_kind != BodyKind.Kernel)
        {
            throw Mistakes.Error(Rules.Pointwise, Here, what, _kind == BodyKind.Functor
                ? "a functor method works element by element, on tiles of its caller's shapes"
                : "Decode works on one element of a block");
        }
    }
}
