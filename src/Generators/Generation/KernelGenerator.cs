using System.Collections.Immutable;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using KernelFoundry.Generators.FrontEnd;
using KernelFoundry.Generators.Generation.Emission;
using KernelFoundry.Generators.Generation.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace KernelFoundry.Generators.Generation;

/// <summary>
/// The kernel compiler in a build: kernels, functors and formats become models; a kernel and its surroundings become families of variants;
/// each family is rendered by itself. Every step's output is compared by value, so an edit runs only what depends on it. Mistakes in
/// kernels are reported by <see cref="Diagnostics.KernelAnalyzer"/>; here only what a target cannot do.
/// </summary>
[Generator]
public sealed class KernelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<KernelModel> kernels = context.SyntaxProvider
            .ForAttributeWithMetadataName(Language.KernelAttribute, static (node, _) => node is MethodDeclarationSyntax,
                KernelModelReader.Read)
            .NotNull().WithTrackingName(Steps.Kernels)
            .SelectMany(static (kernel, _) => GradientModels.WithGradient(kernel)).WithTrackingName(Steps.Gradients);
        IncrementalValueProvider<Surroundings> surroundings = SurroundingsOf(context);
        IncrementalValueProvider<EquatableArray<int>> widths = context.AnalyzerConfigOptionsProvider.Select(static (o, _) => VectorWidths.Of(o));

        IncrementalValuesProvider<RenderedFamily> own = kernels.Combine(surroundings)
            .SelectMany(static (pair, _) => VariantPlanner.Own(pair.Left, pair.Right)).WithTrackingName(Steps.Families).Combine(widths)
            .Select(static (pair, cancellation) => VariantRenderer.Render(pair.Left, pair.Right, cancellation)).WithTrackingName(Steps.Rendered);
        IncrementalValuesProvider<RenderedFamily> foreign = surroundings
            .SelectMany(static (all, _) => VariantPlanner.Foreign(all)).WithTrackingName(Steps.ForeignFamilies).Combine(widths)
            .Select(static (pair, cancellation) => VariantRenderer.Render(pair.Left, pair.Right, cancellation)).WithTrackingName(Steps.ForeignRendered);
        IncrementalValueProvider<ImmutableArray<FamilySummary>> summaries = own.Select(static (family, _) => family.Summary).Collect();

        IncrementalValueProvider<ImmutableArray<FamilySummary>> foreignSummaries = foreign.Select(static (family, _) => family.Summary).Collect();

        IncrementalValuesProvider<KernelRecord> records = kernels.Where(static k => !k.IsBroken)
            .Combine(summaries).Combine(surroundings).Combine(ProjectFolder(context))
            .Select(static (all, _) => Record(all.Left.Left.Left, all.Left.Left.Right, all.Left.Right, all.Right))
                .WithTrackingName(Steps.Records);
        IncrementalValuesProvider<DeviceFunctionModel> deviceFunctions = context.SyntaxProvider
            .ForAttributeWithMetadataName(Language.Namespace + ".DeviceFunctionAttribute",
                static (node, _) => node is MethodDeclarationSyntax, DeclarationReader.DeviceFunction)
            .NotNull().WithTrackingName(Steps.DeviceFunctions);
        IncrementalValueProvider<Registration> registration = kernels.Where(static k => !k.IsBroken)
            .Select(static (k, _) => RecordOf(k)).Collect()
            .Combine(surroundings).Combine(foreignSummaries)
                .Combine(deviceFunctions.Collect())
            .Select(static (all, _) => RegistrationOf(all.Left.Left.Left, all.Left.Left.Right, all.Left.Right, all.Right))
                .WithTrackingName(Steps.Registration);

        AddGroupCode(context, kernels, surroundings);
        context.RegisterSourceOutput(kernels, static (output, kernel) => Add(output, LaunchWriter.Write(kernel)));
        context.RegisterSourceOutput(records, static (output, record) => Add(output, DefinitionWriter.Write(record)));
        foreach (IncrementalValuesProvider<RenderedFamily> families in new[] { own, foreign })
        {
            context.RegisterSourceOutput(families, static (output, family) =>
            {
                foreach (GeneratedFile file in VariantWriter.Write(family))
                    Add(output, file);
            });
            context.RegisterSourceOutput(
                families.SelectMany(static (family, _) => family.Failures), static (output, failure) =>
                    output.ReportDiagnostic(Diagnose(failure)));
        }

        context.RegisterSourceOutput(records, static (output, record) => output.ReportDiagnostic(Diagnostic.Create(
            Rules.Size, LocationOf(record.Kernel.Source.Value), KernelSizes.Describe(record.Kernel.Name, record.Families))));
        IncrementalValueProvider<string> assembly = context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName ?? "");
        context.RegisterSourceOutput(assembly.Combine(summaries).Combine(foreignSummaries), static (output, all) =>
        {
            FamilySummary[] families = [.. all.Left.Right, .. all.Right];
            if (families.Length > 0)
                Add(output, KernelSizes.Total(all.Left.Left, families));
        });
        context.RegisterSourceOutput(registration, static (output, all) =>
        {
            if (!all.IsEmpty)
                Add(output, RegistrationWriter.Write(all));
        });
    }

    private static void AddGroupCode(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<KernelModel> kernels,
        IncrementalValueProvider<Surroundings> surroundings)
    {
        IncrementalValueProvider<GroupCodeChoice> choice = context.AnalyzerConfigOptionsProvider.Select(static (o, _) => GroupCodeChoice.Of(o));
        IncrementalValueProvider<ImmutableArray<VariantFamily>> own = kernels.Combine(surroundings).Combine(choice)
            .SelectMany(static (all, _) => all.Right.Includes(all.Left.Left.Name) ? VariantPlanner.Own(all.Left.Left, all.Left.Right) : default)
            .Collect();
        IncrementalValuesProvider<GroupCodeFamily> families = surroundings.Combine(choice).Combine(own)
            .SelectMany(static (all, _) => all.Left.Right.IsNone
                ? []
                : (IEnumerable<VariantFamily>)[.. all.Right, .. VariantPlanner.ForeignOf(all.Left.Right, all.Left.Left)])
            .WithTrackingName(Steps.GroupFamilies)
            .Select(static (family, cancellation) => GroupCodeRenderer.Render(family, cancellation)).WithTrackingName(Steps.GroupRendered);
        context.RegisterSourceOutput(families, static (output, family) =>
        {
            if (family.Variants.Count > 0)
                Add(output, GroupCodeWriter.Write(family));
            foreach (RenderFailure failure in family.Failures)
                output.ReportDiagnostic(Diagnose(failure));
        });
        context.RegisterSourceOutput(families.Select(static (family, _) => family.WithoutSource).Collect(), static (output, all) =>
        {
            if (!all.IsEmpty)
                Add(output, GroupCodeWriter.Register(all));
        });
    }

    private static IncrementalValueProvider<Surroundings> SurroundingsOf(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<FunctorModel> functors = context.SyntaxProvider
            .CreateSyntaxProvider(DeclarationReader.IsCandidate, DeclarationReader.Functors).SelectMany(static (models, _) => models)
                .WithTrackingName(Steps.Functors);
        IncrementalValuesProvider<FormatModel> formats = context.SyntaxProvider
            .CreateSyntaxProvider(DeclarationReader.IsCandidate, DeclarationReader.Format).NotNull().WithTrackingName(Steps.Formats);
        IncrementalValuesProvider<FunctorDefaults> defaults = context.SyntaxProvider
            .ForAttributeWithMetadataName(Language.Namespace + ".FunctorInterfaceAttribute",
                static (node, _) => node is InterfaceDeclarationSyntax, DeclarationReader.Defaults)
            .NotNull().WithTrackingName(Steps.Defaults);
        IncrementalValuesProvider<LibraryModel> libraries = context.MetadataReferencesProvider
            .Select(LibraryReader.Read).Where(static library => !library.IsEmpty).WithTrackingName(Steps.Libraries);
        return functors.Collect().Combine(defaults.Collect()).Combine(formats.Collect()).Combine(libraries.Collect())
            .Select(static (all, _) => new Surroundings(
                all.Left.Left.Left.ToEquatable(), all.Left.Left.Right.ToEquatable(), all.Left.Right.ToEquatable(), all.Right.ToEquatable()))
            .WithTrackingName(Steps.Surroundings);
    }

    private static IncrementalValueProvider<Aside<string>> ProjectFolder(IncrementalGeneratorInitializationContext context) =>
        context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            new Aside<string>(options.GlobalOptions.TryGetValue("build_property.ProjectDir", out string? folder) ? folder : ""));

    private static KernelRecord Record(KernelModel kernel, ImmutableArray<FamilySummary> summaries, Surroundings surroundings,
        Aside<string> folder) => new(
        kernel,
        kernel.TypeParameters.Select(p =>
            new TypeParameterChoices(p.Name, p.Interface, VariantPlanner.Choices(p, surroundings).ToEquatable())).ToEquatable(),
        summaries.Where(s => s.Kernel == kernel.Name).ToEquatable(),
        folder);

    private static HeldRecord RecordOf(KernelModel kernel) => new(kernel.Name, $"global::{kernel.ClassName}.{LaunchWriter.Holder(kernel)}");

    private static Registration RegistrationOf(ImmutableArray<HeldRecord> records, Surroundings surroundings,
        ImmutableArray<FamilySummary> foreign, ImmutableArray<DeviceFunctionModel> functions) =>
        new(records.ToEquatable(), surroundings.Functors, surroundings.Defaults, surroundings.Formats, functions.ToEquatable(),
            foreign.ToEquatable());

    private static void Add(SourceProductionContext output, GeneratedFile file) => output.AddSource(file.Name, file.Source);

    private static Diagnostic Diagnose(RenderFailure failure)
    {
        FailurePlace place = failure.Place.Value;
        Location at = place.Kernel is null ? Location.None
            : place.Line == 0 ? LocationOf(place.Kernel)
            : Location.Create(place.Kernel.Path, default,
                new LinePositionSpan(new LinePosition(place.Line - 1, place.Column - 1),
                    new LinePosition(place.Line - 1, place.Column - 1)));
        string subject = failure.Subject.Length > 0 ? failure.Subject : "its parameters";
        return Diagnostic.Create(Rules.Target, at, failure.Kernel, subject, failure.Target, failure.Reason);
    }

    private static Location LocationOf(KernelSource source) => Location.Create(
        source.Path,
        new TextSpan(source.Start, source.Length),
        new LinePositionSpan(new LinePosition(source.Line - 1, source.Column - 1),
            new LinePosition(source.Line - 1, source.Column - 1 + source.Length)));
}
