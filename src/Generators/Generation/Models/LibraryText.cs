using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>
/// The text of a [assembly: KernelIr] attribute: a line for each type parameter with what its own project compiles it for, then the IR.
/// <code>
/// elements W: float, Q4_0
/// functors TEpilogue: Samples.Identity
/// kernel "Samples.Linear.MatVec" ...
/// </code>
/// </summary>
internal static class LibraryText
{
    private const string Elements = "elements ", Functors = "functors ";

    /// <summary>The lines before the IR.</summary>
    public static string Header(KernelModel kernel) => string.Concat(kernel.TypeParameters
        .Select(p =>
            (p.Name, Word: p.IsFunctor ? Functors : Elements,
                Names: p.IsFunctor ? p.Narrowed.ToArray() : [.. p.Elements.Select(e => e.Name)]))
        .Where(line => line.Names.Length > 0)
        .Select(line => $"{line.Word}{line.Name}: {string.Join(", ", line.Names)}\n"));

    /// <summary>Reads what <see cref="Header"/> and the printer of IR wrote.</summary>
    public static LibraryKernel ParseKernel(string name, string text)
    {
        var lists = new Dictionary<string, string[]>(StringComparer.Ordinal);
        while (text.StartsWith(Elements, StringComparison.Ordinal) || text.StartsWith(Functors, StringComparison.Ordinal))
        {
            int end = text.IndexOf('\n'), colon = text.IndexOf(':');
            if (end < 0 || colon < 0 || colon > end)
                throw new IrException("the line of a type parameter names no list");
            lists[text.Substring(Elements.Length, colon - Elements.Length)] = text.Substring(colon + 2, end - colon - 2)
                .Split([", "], StringSplitOptions.None);
            text = text.Substring(end + 1);
        }

        string[] Of(string parameter) => lists.TryGetValue(parameter, out string[]? names) ? names : [];
        IEnumerable<LibraryTypeParameter> parameters = IrParser.ParseKernel(text).TypeParameters.Select(p => new LibraryTypeParameter(
            p.Name, p.Interface, (p.IsFunctor ? [] : Of(p.Name)).Select(ElementOf).ToEquatable(),
                (p.IsFunctor ? Of(p.Name) : []).ToEquatable()));
        return new LibraryKernel(name, parameters.ToEquatable(), text);
    }

    private static Element ElementOf(string name) => Element.Primitives.FirstOrDefault(e => e.Name == name) ?? Element.Quantized(name);
}
