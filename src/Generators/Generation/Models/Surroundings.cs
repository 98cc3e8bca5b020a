namespace KernelFoundry.Generators.Generation.Models;

/// <summary>The functors and formats kernels can be compiled with: those of this compilation and those of the assemblies it
/// references.</summary>
internal sealed record Surroundings(
    EquatableArray<FunctorModel> Functors,
    EquatableArray<FunctorDefaults> Defaults,
    EquatableArray<FormatModel> Formats,
    EquatableArray<LibraryModel> Libraries)
{
    /// <summary>Every functor of an interface: name, whether it is this compilation's own, and its IR.</summary>
    public IEnumerable<FunctorChoice> FunctorsOf(string contract) =>
        Functors.Where(f => f.Interface == contract).Select(f => new FunctorChoice(f.Name, true, f.IrText, DefaultsOf(contract)))
            .Concat(Libraries.SelectMany(l => l.Functors).Where(f => f.Interface == contract && !f.IsDefaults)
                .Select(f => new FunctorChoice(f.Name, false, f.IrText, "")))
            .GroupBy(f => f.Name, (_, same) => same.First())
            .OrderBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>The IR of a format, or null.</summary>
    public string? FormatOf(string name) => Formats.FirstOrDefault(f => f.Name == name)?.IrText
        ?? Libraries.SelectMany(l => l.Formats).FirstOrDefault(f => f.Name == name)?.IrText;

    private string DefaultsOf(string contract) => Defaults.FirstOrDefault(d => d.Interface == contract)?.IrText
        ?? Libraries.SelectMany(l => l.Functors).FirstOrDefault(f => f.IsDefaults && f.Name == contract)?.IrText ?? "";
}

/// <summary>A functor to compile a kernel with.</summary>
internal sealed record FunctorChoice(string Name, bool IsOwn, string IrText, string DefaultsText);
