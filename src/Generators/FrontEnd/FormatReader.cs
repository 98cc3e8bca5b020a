using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>A quantization format as read: its IR, or null where it has mistakes.</summary>
internal sealed record FormatReading(QuantFormat? Ir, IReadOnlyList<Mistake> Mistakes);

/// <summary>Reads a struct that implements IQuantFormat into IR.</summary>
internal static class FormatReader
{
    public static FormatReading Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var mistakes = new Mistakes();
        if (type.IsGenericType || !Language.IsReachable(type))
        {
            mistakes.Add(Rules.Format, type.Locations[0], type.Name, type.IsGenericType ? "is generic" : "is private",
                "make it a public or internal readonly struct");
        }

        int block = Size(type, "BlockSize", mistakes, compilation, cancellation) ?? 0;
        int bytes = Size(type, "BlockBytes", mistakes, compilation, cancellation) ?? 0;
        int group = Size(type, "GroupSize", mistakes, compilation, cancellation) is { } own and not 0 ? own : block;
        if (!mistakes.IsBroken && (block <= 0 || bytes <= 0))
        {
            mistakes.Add(Rules.Format, type.Locations[0], type.Name, $"has blocks of {block} elements in {bytes} bytes",
                "give both as positive constants");
        }
        else if (!mistakes.IsBroken && (group < 0 || block % group != 0))
            mistakes.Add(Rules.Format, type.Locations[0], type.Name, $"has groups of {group} elements in blocks of {block}",
                "a block holds whole groups");
        int leading = Size(type, "LeadingBytes", mistakes, compilation, cancellation) is { } stated and not -1 ? stated : bytes % PanelLayout.Unit;
        if (!mistakes.IsBroken && (leading is < 0 or >= PanelLayout.Unit || leading > bytes))
            mistakes.Add(Rules.Format, type.Locations[0], type.Name, $"has {leading} leading bytes", "give 0 to 3, or -1");
        Function? decode = type.GetMembers("Decode").OfType<IMethodSymbol>().FirstOrDefault(IsDecode) is { } method
            ? ReadDecode(method, mistakes, compilation, cancellation)
            : null;
        return new FormatReading(mistakes.IsBroken || decode is null ? null
            : new QuantFormat(Language.FormatName(type), block, bytes, group, decode) { LeadingBytes = leading }, mistakes.Found);
    }

    private static bool IsDecode(IMethodSymbol method) => method is { IsStatic: true, Parameters.Length: 2 }
        && Language.NameOf(method.Parameters[0].Type) == "Block";

    // A property the format does not declare has the interface's default.
    private static int? Size(INamedTypeSymbol type, string name, Mistakes mistakes, Compilation compilation, CancellationToken cancellation)
    {
        if (type.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is not { GetMethod: { } getter } property)
            return null;
        var body = new Block();
        var reader = new BodyReader(compilation, mistakes, new Builder(body), BodyKind.Decode, cancellation);
        reader.ReadFunction(getter);
        if (body.Terminator.Operands.FirstOrDefault() is { Definition: { Code: OpCode.Const } constant })
            return constant.Attr<Number>().I32;
        if (!mistakes.IsBroken)
        {
            mistakes.Add(Rules.Format, property.Locations[0], type.Name, $"computes {name}",
                "write a constant: public static int " + name + " => 32;");
        }

        return null;
    }

    private static Function ReadDecode(IMethodSymbol method, Mistakes mistakes, Compilation compilation, CancellationToken cancellation)
    {
        var body = new Block();
        var index = new Value(ValueType.Scalar(DType.I32), method.Parameters[1].Name);
        body.Arguments.Add(index);
        var reader = new BodyReader(compilation, mistakes, new Builder(body), BodyKind.Decode, cancellation);
        reader.Bind(method.Parameters[0], new BlockTerm());
        reader.Bind(method.Parameters[1], new ValueTerm(index));
        reader.ReadFunction(method);
        return new Function(method.Name, body);
    }
}
