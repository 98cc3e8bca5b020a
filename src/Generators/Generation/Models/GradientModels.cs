using KernelFoundry.Compiler.Differentiation;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>Makes the model of a kernel's gradient from the kernel's own: from there on it is a kernel like any other.</summary>
internal static class GradientModels
{
    private const string Suffix = "Backward", Parts = "parts";

    // Finite differences take a reference's time for every element of the inputs.
    private const int LargestExtent = 64;

    private static readonly int[] NumbersOfParts = [1, 2, 16];

    /// <summary>The kernel and, if it asks for it and it can be derived, its gradient. What cannot be is the analyzer's to report.</summary>
    public static IEnumerable<KernelModel> WithGradient(KernelModel kernel)
    {
        yield return kernel;
        if (kernel.IsBroken || kernel.Differentiated.Count == 0)
            yield break;
        KernelModel? model = null;
        try
        {
            model = Of(kernel, ReverseMode.Derive(IrParser.ParseKernel(kernel.IrText), [.. kernel.Differentiated], kernel.Name + Suffix));
        }
        catch (IrException)
        {
        }

        if (model is not null)
            yield return model;
    }

    private static KernelModel Of(KernelModel kernel, Gradient gradient)
    {
        bool hasParts = gradient.Inputs.Any(i => i.IsPartial);
        ToleranceModel[] tolerance = [new ToleranceModel(Element.F32.Name, kernel.GradientTolerance)];
        AxisModel[] axes = [.. kernel.Axes.Select(Small), .. hasParts ? [new AxisModel(Parts, NumbersOfParts.ToEquatable())] : Array.Empty<AxisModel>()];
        return kernel with
        {
            Name = gradient.Kernel.Name,
            Method = kernel.Method + Suffix,
            DocumentationId = "",
            TypeParameters = kernel.TypeParameters.Where(t => gradient.Kernel.TypeParameters.Any(p => p.Name == t.Name)).Select(Narrowed).ToEquatable(),
            Parameters = gradient.Kernel.Parameters.Select(p => Parameter(kernel, gradient, p)).ToEquatable(),
            Axes = axes.ToEquatable(),
            Tolerances = tolerance.ToEquatable(),
            Reference = kernel.Reference.Length == 0 ? "" : Reference(kernel, gradient),
            IrText = IrPrinter.Print(gradient.Kernel, positions: false),
            Source = new(kernel.Source.Value with { Ir = null }),
            Differentiated = default,
            ManagedBody = KernelLanguageWriter.Body(gradient.Kernel),
        };
    }

    // Gradients are of floats; what they are computed from is what training stores.
    private static TypeParameterModel Narrowed(TypeParameterModel parameter) =>
        parameter with { Elements = parameter.Elements.Where(e => e.Kind is ElementKind.F32 or ElementKind.BF16).ToEquatable() };

    private static AxisModel Small(AxisModel axis)
    {
        int[] extents = [.. axis.Extents.Where(e => e <= LargestExtent)];
        return axis with { Extents = (extents.Length > 0 ? extents : [axis.Extents.Min()]).ToEquatable() };
    }

    private static ParameterModel Parameter(KernelModel kernel, Gradient gradient, Parameter parameter)
    {
        ParameterModel Named(string name) => kernel.Parameters.First(p => p.Name == name);
        if (gradient.Outputs.FirstOrDefault(o => o.Name == parameter.Name) is { } output)
            return Floats(Named(output.View), parameter) with { IsOutput = false, Low = "", High = "" };
        if (gradient.Inputs.FirstOrDefault(i => i.Name == parameter.Name) is not { } input)
            return Named(parameter.Name);
        ParameterModel of = Named(input.View);
        string[] shape = [.. input.IsPartial ? [Parts] : Array.Empty<string>(), .. of.Shape];
        return Floats(of, parameter) with { IsOutput = true, IsAccumulated = !input.IsPartial, Shape = of.Shape.Count > 0 ? shape.ToEquatable() : default, Low = "", High = "" };
    }

    private static ParameterModel Floats(ParameterModel model, Parameter parameter) => model with
    {
        Name = parameter.Name,
        Type = $"global::KernelFoundry.View{CSharp.Literal(parameter.Rank)}<float>",
        TypeName = Element.F32.Name,
        Rank = parameter.Rank,
    };

    private static string Reference(KernelModel kernel, Gradient gradient)
    {
        string outputs = string.Join(", ", gradient.Outputs.Select(o => $"({CSharp.Literal(o.View)}, {CSharp.Literal(o.Name)}, {CSharp.Literal(o.ProgramAxis)})"));
        string inputs = string.Join(", ", gradient.Inputs.Select(i => $"({CSharp.Literal(i.View)}, {CSharp.Literal(i.Name)}, {CSharp.Literal((object)i.IsPartial)})"));
        return $"static c => FiniteDifferences.Gradients(c, {kernel.Reference}, [{outputs}], [{inputs}])";
    }
}
