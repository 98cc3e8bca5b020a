using System.Reflection;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Testing;

/// <summary>The IR of functors and formats, as their assemblies carry it.</summary>
internal static class ShippedIr
{
    public static Functor Functor(string name)
    {
        Functor functor = IrParser.ParseFunctor(Text(name) ?? throw Missing(name));
        if (Text(functor.Interface) is not { } defaults)
            return functor;
        HashSet<string> own = [.. functor.Methods.Select(method => method.Name)];
        IEnumerable<Function> inherited = IrParser.ParseFunctor(defaults).Methods.Where(method => !own.Contains(method.Name));
        return functor with { Methods = [.. functor.Methods, .. inherited] };
    }

    public static QuantFormat Format(string name) => IrParser.ParseFormat(Text(name) ?? throw Missing(name));

    private static string? Text(string name) => AppDomain.CurrentDomain.GetAssemblies()
        .SelectMany(assembly => assembly.GetCustomAttributes<FunctorIrAttribute>())
        .FirstOrDefault(attribute => attribute.Type == name)?.Text;

    private static InvalidOperationException Missing(string name) => new($"No assembly that is loaded carries IR of {name}: it must be "
        + "public, in a project compiled with the KernelFoundry generator.");
}
