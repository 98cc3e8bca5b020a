using System.Text;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>What a compilation makes known when its assembly is loaded.</summary>
internal sealed record Registration(
    EquatableArray<HeldRecord> Records, EquatableArray<FunctorModel> Functors, EquatableArray<FunctorDefaults> Defaults,
    EquatableArray<FormatModel> Formats,
    EquatableArray<DeviceFunctionModel> DeviceFunctions, EquatableArray<FamilySummary> ForeignFamilies)
{
    public bool IsEmpty =>
        Records.Count + Functors.Count + Defaults.Count + Formats.Count + DeviceFunctions.Count + ForeignFamilies.Count == 0;
}

/// <summary>A kernel's name, and the class that holds its record.</summary>
internal sealed record HeldRecord(string Kernel, string Holder);

/// <summary>Writes the module initializer that registers kernels, functors, formats and variants, and the IR of functors and
/// formats.</summary>
internal static class RegistrationWriter
{
    public static GeneratedFile Write(Registration registration)
    {
        var text = new StringBuilder("using KernelFoundry;\nusing static KernelFoundry.Ops;\n\n");
        foreach (FunctorModel functor in registration.Functors.Where(f => f.IsPublic))
            ShipIr(text, functor.Name, functor.IrText);
        foreach (FunctorDefaults defaults in registration.Defaults.Where(d => d.IsPublic))
            ShipIr(text, defaults.Interface, defaults.IrText);
        foreach (FormatModel format in registration.Formats.Where(f => f.IsPublic))
            ShipIr(text, format.Name, format.IrText);
        foreach (DeviceFunctionModel function in registration.DeviceFunctions)
            ShipIr(text, function.Name, function.IrText);
        text.Append("\nnamespace KernelFoundry.Generated;\n\nfile static unsafe class Registration\n{\n");
        text.Append("    [global::System.Runtime.CompilerServices.ModuleInitializer]\n    internal static void Register()\n    {\n");
        foreach (FormatModel format in registration.Formats)
            text.Append($"        Element.Register<{format.Type}>();\n");
        foreach (FunctorModel functor in registration.Functors.GroupBy(f => f.Name, (_, same) => same.First()))
        {
            text.Append($"        FunctorRegistry.Register({CSharp.Literal(functor.Name)}, ");
            text.Append($"static ({functor.Type} functor, ref KernelArguments arguments) =>{Flatten(functor)});\n");
        }

        foreach (FunctorModel functor in registration.Functors)
        {
            foreach (AdjointModel adjoint in functor.Adjoints)
                text.Append($"        FunctorRegistry.Register<{functor.Type}>({CSharp.Literal(adjoint.Name)}, static (self, x) =>\n            {{\n{adjoint.Body}            }});\n");
        }

        foreach (HeldRecord record in registration.Records)
            text.Append($"        KernelRegistry.Add({CSharp.Literal(record.Kernel)}, static () => {record.Holder}.Definition);\n");
        foreach (FamilySummary family in registration.ForeignFamilies)
            text.Append($"        KernelRegistry.Add({CSharp.Literal(family.Kernel)}, new KernelFamily({DefinitionWriter.Family(family, "        ")}));\n");

        text.Append("    }\n}\n");
        return GeneratedFile.Of("KernelFoundry.Registration", "What this assembly makes known when it is loaded.", text.ToString());
    }

    private static void ShipIr(StringBuilder text, string name, string ir) =>
        text.Append($"[assembly: FunctorIr({CSharp.Literal(name)},\n{CSharp.Raw(ir)})]\n");

    private static string Flatten(FunctorModel functor)
    {
        IEnumerable<string> lines = functor.Fields.Select(f => $"            arguments.Add(functor.{CSharp.Identifier(f)});\n");
        return functor.Fields.Count == 0 ? " { }" : $"\n        {{\n{string.Concat(lines)}        }}";
    }
}
