using System.Collections.Immutable;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>A functor as read: its IR, or null where it has mistakes.</summary>
internal sealed record FunctorReading(Functor? Ir, IReadOnlyList<Mistake> Mistakes);

/// <summary>Reads a struct that implements a functor interface, or the default methods of such an interface, into IR.</summary>
internal static class FunctorReader
{
    private static readonly ElementKind[] FieldElements = [ElementKind.F32, ElementKind.F16, ElementKind.BF16, ElementKind.I32];

    /// <summary>The functor interfaces a type implements, in the order it names them.</summary>
    public static IEnumerable<INamedTypeSymbol> InterfacesOf(ITypeSymbol type) => type.AllInterfaces.Where(Language.IsFunctorInterface);

    /// <summary>Reads a struct's own and inherited default methods for one interface.</summary>
    public static FunctorReading Read(INamedTypeSymbol type, INamedTypeSymbol contract, Compilation compilation,
        CancellationToken cancellation)
    {
        var mistakes = new Mistakes();
        if (type.TypeKind != TypeKind.Struct)
        {
            mistakes.Add(Rules.Functor, type.Locations[0], type.Name, Language.Display(contract), type.TypeKind == TypeKind.Class
                ? "a class"
                : "no struct");
        }
        else if (type.IsGenericType)
            mistakes.Add(Rules.Functor, type.Locations[0], type.Name, Language.Display(contract), "generic");
        else if (!Language.IsReachable(type))
            mistakes.Add(Rules.Functor, type.Locations[0], type.Name, Language.Display(contract), "private");
        foreach (ISymbol field in StoredFields(type))
        {
            if (FieldOf(field) is null)
                mistakes.Add(Rules.Field, field.Locations[0], field.Name, type.Name, Language.Display(TypeOf(field)));
        }

        var methods = new List<Function>();
        foreach (IMethodSymbol member in Contract(contract))
        {
            // A default of another assembly's interface has no source here; its IR comes with that assembly.
            if (Implementation(type, member) is { } method && Language.SourceOf(method.OriginalDefinition, compilation) is not null)
                methods.Add(ReadMethod(method, type, member.Name, mistakes, compilation, cancellation));
        }

        Functor? ir = mistakes.IsBroken
            ? null
            : new Functor(Language.FullName(type), Language.FullName(contract), [.. StoredFields(type).Select(f => FieldOf(f)!)], methods);
        return new FunctorReading(ir, mistakes.Found);
    }

    /// <summary>Reads the default methods of a functor interface: a functor named like its interface, without fields. Null if it has
    /// none.</summary>
    public static FunctorReading? ReadDefaults(INamedTypeSymbol contract, Compilation compilation, CancellationToken cancellation)
    {
        IMethodSymbol[] defaults = [.. Contract(contract).Where(m => m.IsVirtual)];
        if (defaults.Length == 0)
            return null;
        var mistakes = new Mistakes();
        List<Function> methods = [.. defaults.Select(m => ReadMethod(m, contract, m.Name, mistakes, compilation, cancellation))];
        string name = Language.FullName(contract);
        return new FunctorReading(mistakes.IsBroken ? null : new Functor(name, name, [], methods), mistakes.Found);
    }

    /// <summary>The method a functor runs for a member of its interface: its own, or the interface's default.</summary>
    public static IMethodSymbol? Implementation(INamedTypeSymbol functor, IMethodSymbol member)
    {
        IMethodSymbol? constructed = functor.AllInterfaces
            .Where(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, member.ContainingType.OriginalDefinition))
            .SelectMany(i => i.GetMembers(member.Name).OfType<IMethodSymbol>())
            .FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, member.OriginalDefinition));
        if (constructed is null)
            return member.IsAbstract ? null : member;
        return functor.FindImplementationForInterfaceMember(constructed) as IMethodSymbol ?? (constructed.IsAbstract ? null : constructed);
    }

    /// <summary>What a functor stores, in order of declaration: fields, and properties that are kept in one.</summary>
    public static IEnumerable<ISymbol> StoredFields(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Interface
            ? []
            : type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic && !f.IsConst).Select(f => f.AssociatedSymbol ?? f);

    /// <summary>A stored field or property as a parameter, or null where there is none of that name and a usable type.</summary>
    public static Parameter? FieldOf(INamedTypeSymbol type, string name) =>
        StoredFields(type).FirstOrDefault(f => f.Name == name) is { } field ? FieldOf(field) : null;

    private static Parameter? FieldOf(ISymbol field)
    {
        ITypeSymbol type = TypeOf(field);
        if (Language.ScalarOf(type) is { } dtype)
            return new Parameter { Name = field.Name, Kind = ParameterKind.Scalar, DType = dtype };
        if (!Language.IsPanels(type) && Language.RankOf(type) is > 0 and var rank && Language.ElementOf(((INamedTypeSymbol)type).TypeArguments[0]) is { } element
            && FieldElements.Contains(element.Kind))
            return new Parameter { Name = field.Name, Kind = ParameterKind.View, Element = element, Rank = rank };
        return null;
    }

    private static ITypeSymbol TypeOf(ISymbol field) => field is IPropertySymbol property ? property.Type : ((IFieldSymbol)field).Type;

    private static IEnumerable<IMethodSymbol> Contract(INamedTypeSymbol contract) =>
        contract.GetMembers().OfType<IMethodSymbol>()
            .Where(m => m is { IsStatic: true, MethodKind: MethodKind.Ordinary } && (m.IsAbstract || m.IsVirtual));

    private static Function ReadMethod(
        IMethodSymbol method, INamedTypeSymbol self, string name, Mistakes mistakes, Compilation compilation,
            CancellationToken cancellation)
    {
        var body = new Block();
        var builder = new Builder(body);
        var reader = new BodyReader(compilation, mistakes, builder, BodyKind.Functor, cancellation) { Self = self };
        ImmutableArray<IParameterSymbol> parameters = method.OriginalDefinition.Parameters;
        foreach (IParameterSymbol parameter in parameters)
        {
            if (IsSelf(parameter.Type, self, method))
            {
                reader.Bind(parameter, new SelfTerm());
            }
            else if (Language.DTypeOf(parameter.Type) is { } dtype)
            {
                var argument = new Value(ValueType.Scalar(dtype), parameter.Name);
                body.Arguments.Add(argument);
                reader.Bind(parameter, new ValueTerm(argument));
            }
            else
            {
                mistakes.Add(Rules.Type, parameter.Locations[0], Language.Display(parameter.Type),
                    "functor methods take scalars and tiles");
                reader.Bind(parameter, new BrokenTerm());
            }
        }

        reader.ReadFunction(method);
        return new Function(name, body);
    }

    private static bool IsSelf(ITypeSymbol type, INamedTypeSymbol self, IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals(type, self)
        || (type is ITypeParameterSymbol parameter
        && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method.OriginalDefinition.ContainingType));
}
