using KernelFoundry.Compiler.Ir;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>The kernel language by metadata name: the compiler never references the assembly that declares it.</summary>
internal static class Language
{
    public const string Namespace = "KernelFoundry";

    public const string KernelAttribute = Namespace + ".KernelAttribute";

    private static readonly Dictionary<SpecialType, DType> Scalars = new()
    {
        [SpecialType.System_Single] = DType.F32,
        [SpecialType.System_Int32] = DType.I32,
        [SpecialType.System_UInt32] = DType.U32,
        [SpecialType.System_Boolean] = DType.Bool,
    };

    private static readonly Dictionary<SpecialType, Element> Primitives = new()
    {
        [SpecialType.System_Single] = Element.F32,
        [SpecialType.System_Int32] = Element.I32,
        [SpecialType.System_SByte] = Element.I8,
        [SpecialType.System_Byte] = Element.U8,
    };

    /// <summary>The name of a type of the kernel language ("View2", "Ops", "Tile"), or null for any other type.</summary>
    public static string? NameOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol
        {
            ContainingType: null,
            ContainingNamespace: { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true }
        } ? type.Name : null;

    public static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => NameOf(a.AttributeClass) == name + "Attribute");

    public static IEnumerable<AttributeData> Attributes(ISymbol symbol, string name) =>
        symbol.GetAttributes().Where(a => NameOf(a.AttributeClass) == name + "Attribute");

    public static bool Has(ISymbol symbol, string attribute) => Attribute(symbol, attribute) is not null;

    /// <summary>The strings an attribute lists.</summary>
    public static IEnumerable<string> Strings(AttributeData? attribute) =>
        attribute?.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array, IsNull: false } list ? list.Values.Select(v => v.Value as string ?? "") : [];

    /// <summary>The type of a scalar a kernel may compute with, or null.</summary>
    public static DType? ScalarOf(ITypeSymbol? type) =>
        type is not null && Scalars.TryGetValue(type.SpecialType, out DType dtype) ? dtype : null;

    /// <summary>
    /// As <see cref="ScalarOf"/>, with the small integers that C# widens to int before it computes with them. An enum is not among them.
    /// </summary>
    public static DType? OperandOf(ITypeSymbol? type) => type?.SpecialType switch
    {
        SpecialType.System_SByte => DType.I8,
        SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16 => DType.I32,
        _ => ScalarOf(type),
    };

    /// <summary>The element type of a tile type, or null.</summary>
    public static DType? TileOf(ITypeSymbol? type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return NameOf(type) == "Tile" && type is INamedTypeSymbol { TypeArguments.Length: 1 } tile
            ? OperandOf(tile.TypeArguments[0])
            : null;
    }

    /// <summary>The dtype of a scalar or tile type, or null.</summary>
    public static DType? DTypeOf(ITypeSymbol? type) => ScalarOf(type) ?? TileOf(type);

    /// <summary>The number of axes of a view type, or 0.</summary>
    public static int RankOf(ITypeSymbol? type) => NameOf(type) switch
    {
        "View1" => 1,
        "View2" or "Panels" => 2,
        "View3" => 3,
        "View4" => 4,
        _ => 0,
    };

    /// <summary>Whether a view type holds rows in panels.</summary>
    public static bool IsPanels(ITypeSymbol? type) => NameOf(type) == "Panels";

    /// <summary>How elements of type <paramref name="type"/> are stored, or null where it is no element type.</summary>
    public static Element? ElementOf(ITypeSymbol type)
    {
        if (Primitives.TryGetValue(type.SpecialType, out Element? element))
            return element;
        if (type is ITypeParameterSymbol)
            return Element.Parameter(type.Name);
        if (type is { Name: "Half", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            return Element.F16;
        if (NameOf(type) == "BFloat16")
            return Element.BF16;
        return IsFormat(type) ? Element.Quantized(FormatName(type)) : null;
    }

    /// <summary>Whether a struct describes a quantization format.</summary>
    public static bool IsFormat(ITypeSymbol type) => type.TypeKind == TypeKind.Struct
        && type.AllInterfaces.Any(i => NameOf(i) == "IQuantFormat");

    /// <summary>A format's element name: bare for the formats of the language's own namespace.</summary>
    public static string FormatName(ITypeSymbol type) => NameOf(type) ?? FullName(type);

    /// <summary>Whether an interface is one whose implementations kernels take as type parameters.</summary>
    public static bool IsFunctorInterface(ITypeSymbol type) => type.TypeKind == TypeKind.Interface
        && Has(type.OriginalDefinition, "FunctorInterface");

    /// <summary>The functor interface among the constraints of a type parameter, or null.</summary>
    public static INamedTypeSymbol? FunctorConstraint(ITypeParameterSymbol parameter) =>
        parameter.ConstraintTypes.OfType<INamedTypeSymbol>().FirstOrDefault(IsFunctorInterface);

    /// <summary>Namespace, containing types and name with arity, as metadata and the IR write them: "A.B+C`1".</summary>
    public static string FullName(ITypeSymbol type)
    {
        ITypeSymbol definition = type.OriginalDefinition;
        if (definition.ContainingType is { } outer)
            return $"{FullName(outer)}+{definition.MetadataName}";
        return definition.ContainingNamespace is { IsGlobalNamespace: false } space
            ? $"{space.ToDisplayString()}.{definition.MetadataName}"
            : definition.MetadataName;
    }

    /// <summary>Whether generated code of the same assembly can name a type.</summary>
    public static bool IsReachable(INamedTypeSymbol? type) => type is null
        || (type.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
        && !type.IsFileLocal
            && IsReachable(type.ContainingType));

    /// <summary>The declaration of a symbol in this compilation. A referenced project has source too, but of a compilation of its
    /// own.</summary>
    public static SyntaxReference? SourceOf(ISymbol symbol, Compilation compilation) =>
        symbol.DeclaringSyntaxReferences.FirstOrDefault(r => compilation.ContainsSyntaxTree(r.SyntaxTree));

    /// <summary>A type as a message shows it.</summary>
    public static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
