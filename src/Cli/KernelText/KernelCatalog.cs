using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using KernelFoundry.Cli.Commands;
using KernelFoundry.Cli.Output;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Kernels;

namespace KernelFoundry.Cli.KernelText;

/// <summary>The kernel library and the IR its assemblies carry.</summary>
internal static partial class KernelCatalog
{
    private static readonly Assembly[] s_assemblies = [typeof(Device).Assembly, typeof(Normalization).Assembly];
    private static readonly Lazy<Dictionary<string, KernelSize>> s_sizes = new(ReadSizes);

    // Kernels register from the module initializer, which runs when something of the assembly is used.
    static KernelCatalog() => RuntimeHelpers.RunModuleConstructor(typeof(Normalization).Module.ModuleHandle);

    /// <summary>All kernels of the library, by name. The process may know others, of assemblies whose initializers have run too.</summary>
    public static IReadOnlyList<KernelDefinition> Kernels => [.. KernelRegistry.Definitions.Where(kernel => s_sizes.Value.ContainsKey(kernel.Name))];

    /// <summary>The kernel whose name is, or ends in, <paramref name="name"/>, in any case.</summary>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    public static KernelDefinition Find(string name)
    {
        KernelDefinition[] found = [.. Kernels.Where(k => Matches(k.Name, name, '.'))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new UsageException(
                $"There is no kernel '{name}'. Known are {string.Join(", ", Kernels.Select(k => Simple(k.Name)))}."),
            _ => throw new UsageException($"'{name}' may be {string.Join(" or ", found.Select(k => k.Name))}: give more of the name."),
        };
    }

    /// <summary>The source file of a kernel; of a derived one what the compiler wrote.</summary>
    public static string SourceOf(KernelDefinition kernel)
    {
        if (kernel.IsDerived)
            return $"// Derived from {kernel.SourceFile}:{kernel.SourceLine}.\n{KernelLanguageWriter.Method(IrParser.ParseKernel(kernel.IrText))}";
        string name = kernel.SourceFile.Replace('\\', '/');
        using Stream? stream = typeof(KernelCatalog).Assembly.GetManifestResourceStream(name);
        if (stream is null)
            throw new InvalidOperationException($"The source of {kernel.Name}, '{name}', is not in the tool.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The size of the code a kernel was compiled to, as its assembly states it.</summary>
    public static KernelSize SizeOf(KernelDefinition kernel) => s_sizes.Value[kernel.Name];

    /// <summary>A functor by its full name, with the default methods of its interface.</summary>
    public static Functor Functor(string name, string contract)
    {
        Functor functor = IrParser.ParseFunctor(Texts("functor", name) ?? throw NoIr(name));
        if (Texts("functor", contract) is not { } defaultsText)
            return functor;
        IEnumerable<Function> defaults = IrParser.ParseFunctor(defaultsText).Methods.Where(d => functor.Methods.All(m => m.Name != d.Name));
        return functor with { Methods = [.. functor.Methods, .. defaults] };
    }

    /// <summary>The functor that does least: the one with the shortest IR.</summary>
    public static string Plainest(IEnumerable<string> names) => names.MinBy(name => Texts("functor", name)?.Length ?? int.MaxValue)!;

    /// <summary>A quantization format by its element name.</summary>
    public static QuantFormat Format(string name) =>
        IrParser.ParseFormat(Texts("format", name) ?? Texts("format", $"{nameof(KernelFoundry)}.{name}") ?? throw NoIr(name));

    /// <summary>The last part of a dotted name.</summary>
    public static string Simple(string name) => name[(name.LastIndexOfAny(['.', '+']) + 1)..];

    // The compiler states each kernel's size as text, the same that a build prints.
    private static Dictionary<string, KernelSize> ReadSizes() => s_assemblies
        .SelectMany(assembly => assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        .Where(metadata => metadata.Key == "KernelFoundry.KernelSize")
        .Select(metadata => SizeText().Match(metadata.Value!))
        .Where(match => match.Success)
        .Select(match => match.Groups)
        .ToDictionary(groups => groups["name"].Value, groups => new KernelSize(Number(groups["variants"]), Number(groups["csharp"]), Number(groups["opencl"]), Number(groups["ptx"])));

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^kernel (?<name>.+): (?<variants>[0-9]+) variants, (?<csharp>[0-9]+) characters of C#, (?<opencl>[0-9]+) of OpenCL C, (?<ptx>[0-9]+) of PTX$")]
    private static partial Regex SizeText();

    private static bool Matches(string name, string wanted, char separator) =>
        name.Equals(wanted, StringComparison.OrdinalIgnoreCase) || name.EndsWith(separator + wanted, StringComparison.OrdinalIgnoreCase);

    private static string? Texts(string kind, string name) => s_assemblies
        .SelectMany(assembly => assembly.GetCustomAttributes<FunctorIrAttribute>())
        .FirstOrDefault(ir => ir.Type == name && ir.Text.StartsWith(kind, StringComparison.Ordinal))?.Text;

    private static InvalidOperationException NoIr(string name) => new($"The library carries no IR of {name}.");
}
