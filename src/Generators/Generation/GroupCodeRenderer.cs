using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets.Ilgpu;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation;

/// <summary>Specialises a kernel for a family's type arguments and values and renders it as group code.</summary>
internal static class GroupCodeRenderer
{
    public static GroupCodeFamily Render(VariantFamily family, CancellationToken cancellation)
    {
        var failures = new List<RenderFailure>();
        var variants = new List<GroupCodeVariant>();
        try
        {
            Kernel kernel = family.Source.Value?.Ir ?? IrParser.ParseKernel(family.KernelText);
            Specialization types = VariantRenderer.Bind(family);
            Parameter[] specialized = [.. kernel.Parameters.Where(p => p.Kind == ParameterKind.Specialized)];
            foreach (int?[] values in VariantRenderer.Values(specialized))
            {
                cancellation.ThrowIfCancellationRequested();
                Specialization spec = types with { Values = specialized.Select((p, i) => (p.Name, values[i])).ToDictionary(v => v.Name, v => v.Item2) };
                string structName = VariantRenderer.ClassName(family, values) + "__Group";
                IlgpuProgram program = IlgpuTarget.Render(Specializer.Specialize(kernel, spec, TargetKind.OpenCl), structName);
                string list = CSharp.List(values.Select(v => v is { } value ? CSharp.Literal(value) : "null"));
                variants.Add(new GroupCodeVariant(structName, list, program.Source, $"{CSharp.List(program.ViewBlocks.Select(CSharp.Literal))}, {CSharp.Literal((object)program.IsMemoryOfLaunch)}"));
            }
        }
        catch (IrException exception)
        {
            failures.Add(VariantRenderer.Failure(family, "ILGPU", exception));
        }

        return new GroupCodeFamily(
            family.Kernel, family.TypeKey, family.FileName, VariantRenderer.Subject(family), variants.ToEquatable(), failures.ToEquatable());
    }
}
