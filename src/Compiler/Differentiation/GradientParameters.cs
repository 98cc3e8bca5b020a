using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>
/// The parameters of a derived kernel: the forward kernel's views with the gradient of each output in its place, as far as they are used;
/// then the gradients of the inputs; then what is no view.
/// </summary>
internal static class GradientParameters
{
    public static Kernel Apply(Kernel kernel, Block body, string name, GradientOutput[] outputs, GradientInput[] inputs)
    {
        HashSet<string> used = [.. Names(body)];
        IEnumerable<Parameter> views = kernel.Parameters.Where(p => p.Kind == ParameterKind.View)
            .Select(p => outputs.FirstOrDefault(o => o.View == p.Name) is { } output ? p with { Name = output.Name, Element = Element.F32 } : p)
            .Where(p => used.Contains(p.Name));
        IEnumerable<Parameter> gradients = inputs.Select(i =>
        {
            Parameter input = kernel.Find(i.View);
            return input with { Name = i.Name, Element = Element.F32, Rank = input.Rank + (i.IsPartial ? 1 : 0) };
        });
        Parameter[] parameters = [.. views, .. gradients, .. kernel.Parameters.Where(p => p.Kind != ParameterKind.View)];
        HashSet<string> types = [.. parameters.Select(p => p.TypeParameter), .. parameters.Where(p => p.Element.Kind == ElementKind.Parameter).Select(p => p.Element.Name)];
        return new Kernel
        {
            Name = name,
            Location = kernel.Location,
            TypeParameters = [.. kernel.TypeParameters.Where(t => types.Contains(t.Name))],
            Parameters = [.. parameters],
            WorkGroup = kernel.WorkGroup,
            Body = body,
        };
    }

    private static IEnumerable<string> Names(Block block) => block.Ops.SelectMany(o => o.Regions.SelectMany(Names)
        .Concat(o.Attribute is MemoryAccess access ? [access.View] : []));
}
