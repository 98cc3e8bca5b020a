using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Compiler.Targets.Ptx;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation;

/// <summary>Specialises a kernel for a family's type arguments and values and renders it for every target.</summary>
internal static class VariantRenderer
{
    public static RenderedFamily Render(VariantFamily family, EquatableArray<int> widths, CancellationToken cancellation)
    {
        var failures = new List<RenderFailure>();
        var variants = new List<RenderedVariant>();
        try
        {
            Kernel kernel = family.Source.Value?.Ir ?? IrParser.ParseKernel(family.KernelText);
            Specialization types = Bind(family);
            Parameter[] specialized = [.. kernel.Parameters.Where(p => p.Kind == ParameterKind.Specialized)];
            foreach (int?[] values in Values(specialized))
            {
                cancellation.ThrowIfCancellationRequested();
                variants.Add(Render(family, kernel, types, specialized, values, widths, failures));
            }
        }
        catch (IrException exception)
        {
            failures.Add(Failure(family, "any device", exception));
        }

        return new RenderedFamily
        {
            Kernel = family.Kernel,
            IsForeign = family.IsForeign,
            TypeKey = family.TypeKey,
            FileName = family.FileName,
            Subject = Subject(family),
            Variants = variants.ToEquatable(),
            Failures = failures.Distinct().ToEquatable(),
            Source = family.Source,
        };
    }

    private static RenderedVariant Render(
        VariantFamily family, Kernel kernel, Specialization types, Parameter[] specialized, int?[] values,
        EquatableArray<int> rendered, List<RenderFailure> failures)
    {
        string className = ClassName(family, values);
        Specialization spec =
            types with { Values = specialized.Select((p, i) => (p.Name, values[i])).ToDictionary(v => v.Name, v => v.Item2) };
        int[] widths = [.. rendered.Where(w => values.All(v => v is null) || CSharpTarget.SpecializedWidths.Contains(w))];
        string cpu = "";
        OpenClProgram? openCl = null, subGroups = null;
        IReadOnlyList<PtxModule> ptx = [];
        if (widths.Length > 0 && !specialized.Where((p, i) => p.IsGenericOnCpu && values[i] is not null).Any())
            Try("the CPU", () => cpu = CSharpTarget.Render(Specializer.Specialize(kernel, spec, TargetKind.Cpu), className, widths));
        Try("OpenCL", () =>
        {
            Kernel specialised = Specializer.Specialize(kernel, spec, TargetKind.OpenCl);
            openCl = OpenClTarget.Render(specialised, className);
            subGroups = OpenClTarget.RenderSubGroups(specialised, className);
        });

        // Both are of one form: where that cannot be made, saying so once is enough.
        if (openCl is not null)
            Try("CUDA", () => ptx = PtxTarget.Render(target => Specializer.Specialize(kernel, spec, target), className));
        string list = CSharp.List(values.Select(v => v is { } value ? CSharp.Literal(value) : "null"));
        return new RenderedVariant(className, list, cpu, openCl?.Source ?? "", openCl?.EntryPoint ?? "", openCl?.PlanCSharp ?? "", subGroups,
            ptx.ToEquatable());

        void Try(string target, Action render)
        {
            try
            {
                render();
            }
            catch (IrException exception)
            {
                failures.Add(Failure(family, target, exception));
            }
        }
    }

    /// <summary>The start of the names of a variant's classes.</summary>
    internal static string ClassName(VariantFamily family, int?[] values)
    {
        string suffix = values.Length == 0
            ? ""
            : "__" + string.Join("_", values.Select(v => v is { } value ? CSharp.Literal(value) : "any"));
        return family.ClassName + CSharp.Flat(suffix);
    }

    internal static Specialization Bind(VariantFamily family) => new(
        family.Arguments.Where(a => a.Element is not null).ToDictionary(a => a.Parameter, a => a.Element!),
        family.Arguments.Where(a => a.Functor is not null).ToDictionary(a => a.Parameter, a => Functor(a.Functor!)),
        new Dictionary<string, int?>(),
        family.Formats.ToDictionary(f => f.Name, Format));

    private static Functor Functor(FunctorChoice choice)
    {
        Functor functor = IrParser.ParseFunctor(choice.IrText);
        if (choice.DefaultsText.Length == 0)
            return functor;
        IEnumerable<Function> defaults = IrParser.ParseFunctor(choice.DefaultsText).Methods.Where(d =>
            functor.Methods.All(m => m.Name != d.Name));
        return functor with { Methods = [.. functor.Methods, .. defaults] };
    }

    private static QuantFormat Format(LibraryFormat format) => format.IrText.Length > 0
        ? IrParser.ParseFormat(format.IrText)
        : throw new IrException($"the format {format.Name} has mistakes, or comes from an assembly compiled without the kernel compiler");

    // Every combination of listed values and "any", the generic version last.
    internal static IEnumerable<int?[]> Values(Parameter[] specialized) => specialized.Aggregate(
        (IEnumerable<int?[]>)[[]],
        (product, parameter) =>
            product.SelectMany(values => parameter.Values.Select(v => (int?)v).Append(null).Select(v => (int?[])[.. values, v])));

    internal static string Subject(VariantFamily family) =>
        family.Arguments.Count == 0 ? "" : string.Join(", ", family.Arguments.Select(a => $"{a.Parameter} = {a.Name}"));

    internal static RenderFailure Failure(VariantFamily family, string target, IrException exception)
    {
        KernelSource? source = family.Source.Value;
        bool isHere = source is not null && exception.Location.File == Path.GetFileName(source.Path);
        var place = new FailurePlace(source, isHere ? exception.Location.Line : 0, isHere ? exception.Location.Column : 0);
        return new RenderFailure(family.Kernel, Subject(family), target, exception.Reason, new(place));
    }
}
