using System.Text;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>Writes a kernel's launch overload, and the lookup of its variants for each choice of type arguments.</summary>
internal static class LaunchWriter
{
    public static GeneratedFile Write(KernelModel kernel)
    {
        var text = new StringBuilder();
        if (kernel.ManagedBody.Length > 0)
            Derived(text, kernel);
        Overload(text, kernel);
        if (!kernel.IsBroken)
            VariantSet(text, kernel);
        string members = GeneratedFile.Within(kernel.Namespace, kernel.Classes, text.ToString());
        string usings = kernel.ManagedBody.Length > 0 ? "using KernelFoundry;\nusing static KernelFoundry.Ops;\n\n" : "using KernelFoundry;\n\n";
        return GeneratedFile.Of($"{kernel.Name}.Launch", $"The launch of {kernel.Name}.", usings + members);
    }

    // A derived kernel is generated in the language kernels are written in: the definition of its result, as if it had been written by hand.
    private static void Derived(StringBuilder text, KernelModel kernel)
    {
        text.Append("/// <summary>Derived by the compiler: the gradients of the forward kernel, as its [Differentiable] asks.</summary>\n");
        string parameters = string.Join(", ", kernel.Parameters.Select(p => $"{p.Type} {p.Identifier}"));
        text.Append($"{kernel.Accessibility} static void {kernel.Method}{TypeParameters(kernel)}({parameters})\n");
        foreach (TypeParameterModel parameter in kernel.TypeParameters.Where(p => p.Constraints.Length > 0))
            text.Append($"    where {parameter.Name} : {parameter.Constraints}\n");
        text.Append("{\n").Append(kernel.ManagedBody).Append("}\n\n");
    }

    private static void Overload(StringBuilder text, KernelModel kernel)
    {
        ParameterModel[] launched = [.. kernel.Parameters.Where(p => p.Kind != ParameterKind.Schedule)];
        string device = Unused("device", kernel), arguments = Unused("arguments", kernel);
        string signature = string.Join(", ",
            launched.Select(p => $"{p.Type} {p.Identifier}{p.Default}").Prepend($"global::KernelFoundry.Device {device}"));
        if (kernel.DocumentationId.Length > 0)
        {
            text.Append($"/// <summary>Launches <see cref=\"{kernel.DocumentationId}\"/> on a device.</summary>\n");
            text.Append($"/// <inheritdoc cref=\"{kernel.DocumentationId}\"/>\n");
        }
        else
        {
            text.Append($"/// <summary>Launches {kernel.Method}, which the compiler derived, on a device.</summary>\n");
        }

        text.Append($"{kernel.Accessibility} static void {kernel.Method}{TypeParameters(kernel)}({signature})\n");
        foreach (TypeParameterModel parameter in kernel.TypeParameters.Where(p => p.Constraints.Length > 0))
            text.Append($"    where {parameter.Name} : {parameter.Constraints}\n");
        if (kernel.IsBroken)
        {
            text.Append("    => throw new global::System.InvalidOperationException(");
            text.Append("\"The kernel has mistakes; see the diagnostics of its build.\");\n");
            return;
        }

        text.Append("{\n");
        text.Append($"    global::System.ArgumentNullException.ThrowIfNull({device});\n");
        text.Append($"    if ({device}.IsReference)\n    {{\n");
        text.Append($"        {device}.LaunchReference({Holder(kernel)}.Definition, {State(launched)}, {Program(kernel, launched)});\n");
        text.Append("        return;\n    }\n\n");
        text.Append($"    var {arguments} = new KernelArguments();\n");
        foreach (ParameterModel parameter in launched)
            text.Append($"    {arguments}.{Add(parameter.Kind)}({parameter.Identifier});\n");
        text.Append($"    {device}.Launch({SetName(kernel)}{TypeParameters(kernel)}.Variants, ref {arguments});\n");
        text.Append("}\n");
    }

    // A property, not a static field: a missing variant is then an exception of its own, not a failed type initializer.
    private static void VariantSet(StringBuilder text, KernelModel kernel)
    {
        string key = kernel.TypeParameters.Count == 0
            ? "\"\""
            : string.Join(" + \",\" + ",
                kernel.TypeParameters.Select(p => p.IsFunctor ? $"FunctorRegistry<{p.Name}>.Name" : $"Element<{p.Name}>.Name"));
        text.Append($"\nprivate static class {SetName(kernel)}{TypeParameters(kernel)}\n");
        foreach (TypeParameterModel parameter in kernel.TypeParameters)
            text.Append($"    where {parameter.Name} : {(parameter.IsFunctor ? "struct" : "unmanaged")}\n");
        text.Append("{\n    private static KernelVariantSet? variants;\n\n");
        text.Append(
            $"    public static KernelVariantSet Variants => variants ??= KernelRegistry.Find({Holder(kernel)}.Definition, {key});\n}}\n");
    }

    public static string Holder(KernelModel kernel) => kernel.Method + "__Kernel";

    private static string SetName(KernelModel kernel) => kernel.Method + "__Set";

    private static string TypeParameters(KernelModel kernel) =>
        kernel.TypeParameters.Count == 0 ? "" : $"<{string.Join(", ", kernel.TypeParameters.Select(p => p.Name))}>";

    private static string State(ParameterModel[] launched) => launched.Length switch
    {
        0 => "0",
        1 => launched[0].Identifier,
        _ => $"({string.Join(", ", launched.Select(p => p.Identifier))})",
    };

    // A static lambda: what it needs travels in the tuple, so that launches on other devices allocate no closure.
    private static string Program(KernelModel kernel, ParameterModel[] launched)
    {
        IEnumerable<string> values = kernel.Parameters.Select(p =>
            p.Kind == ParameterKind.Schedule ? $"{p.Identifier}: {CSharp.Literal(p.Values[(int)TargetKind.Cpu])}"
            : launched.Length == 1 ? $"{p.Identifier}: a"
            : $"{p.Identifier}: a.{p.Identifier}");
        return $"static a => {kernel.Method}{TypeParameters(kernel)}({string.Join(", ", values)})";
    }

    private static string Add(ParameterKind kind) => kind switch
    {
        ParameterKind.Specialized => "AddSpecialized",
        ParameterKind.Functor => "AddFunctor",
        _ => "Add",
    };

    private static string Unused(string name, KernelModel kernel)
    {
        while (kernel.Parameters.Any(p => p.Name == name))
            name += "_";
        return name;
    }
}
