using System.Text;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Targets.Ptx;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>Writes a kernel's record: what launches, tests, benchmarks and documentation read.</summary>
internal static class DefinitionWriter
{
    private const string Generated = "global::KernelFoundry.Generated.";

    public static GeneratedFile Write(KernelRecord record)
    {
        KernelModel kernel = record.Kernel;
        string holder = LaunchWriter.Holder(kernel);
        var text = new StringBuilder("using KernelFoundry;\n\n");
        if (kernel.IsPublic)
        {
            string header = LibraryText.Header(kernel);
            string ir = $"global::{kernel.ClassName}.{holder}.Ir";
            text.Append(
                $"[assembly: KernelIr({CSharp.Literal(kernel.Name)}, {(header.Length > 0 ? CSharp.Literal(header) + " + " : "")}{ir})]\n");
        }

        text.Append(KernelSizes.Attribute(KernelSizes.Describe(kernel.Name, record.Families))).Append('\n');
        text.Append(GeneratedFile.Within(kernel.Namespace, kernel.Classes, Holder(record, holder)));
        return GeneratedFile.Of($"{kernel.Name}.Definition", $"The record of {kernel.Name}.", text.ToString());
    }

    private static string Holder(KernelRecord record, string holder)
    {
        KernelModel kernel = record.Kernel;
        KernelSource source = kernel.Source.Value;
        var text = new StringBuilder();
        text.Append(kernel.DocumentationId.Length > 0
            ? $"/// <summary>The record of <see cref=\"{kernel.DocumentationId}\"/>.</summary>\n"
            : $"/// <summary>The record of {kernel.Method}, which the compiler derived.</summary>\n");
        text.Append($"{(kernel.IsPublic ? "public" : "internal")} static unsafe class {holder}\n{{\n");
        text.Append($"    internal const string Ir =\n{CSharp.Raw(kernel.IrText)};\n\n");
        text.Append("    public static KernelDefinition Definition { get; } = new()\n    {\n");
        Line("Name", CSharp.Literal(kernel.Name));
        Line("ClassName", CSharp.Literal(kernel.ClassName));
        Line("SourceFile", CSharp.Literal(RelativePath(source.Path, record.ProjectFolder.Value)));
        Line("SourceLine", CSharp.Literal(source.Line));
        Line("IrText", "Ir");
        if (kernel.ManagedBody.Length > 0)
            Line("IsDerived", "true");
        Line("WorkGroup", CSharp.Literal(kernel.WorkGroup));
        Lines("Parameters", kernel.Parameters.Select(Parameter));
        Lines("TypeParameters", record.TypeParameters.Select(p =>
            $"new({CSharp.Literal(p.Name)}, {CSharp.Literal(p.Interface)}, {CSharp.List(p.Choices.Select(CSharp.Literal))})"));
        Lines("Axes", kernel.Axes.Select(a => $"new({CSharp.Literal(a.Name)}, {CSharp.List(a.Extents.Select(CSharp.Literal))})"));
        Lines("Tolerances", kernel.Tolerances.Select(t => $"new({CSharp.Literal(t.Element)}, {t.Relative})"));
        Lines("RoundedProducts", kernel.RoundedProducts.Select(t => $"new({CSharp.Literal(t.Element)}, {t.Relative})"));
        if (kernel.Inputs.Length > 0)
            Line("Inputs", kernel.Inputs);
        if (kernel.Reference.Length > 0)
            Line("Reference", kernel.Reference);
        text.Append("        Families =\n        [\n");
        foreach (FamilySummary family in record.Families)
            text.Append($"            new({Family(family, "            ")}),\n");
        text.Append("        ],\n    };\n}\n");
        return text.ToString();

        void Line(string name, string value) => text.Append($"        {name} = {value},\n");

        void Lines(string name, IEnumerable<string> values)
        {
            string[] items = [.. values];
            if (items.Length > 0)
                text.Append($"        {name} =\n        [\n{string.Concat(items.Select(i => $"            {i},\n"))}        ],\n");
        }
    }

    /// <summary>What a family is made of, as arguments. What they name is in lambdas, and loaded when those run.</summary>
    /// <param name="family">The family.</param>
    /// <param name="indent">The indent of the line it begins in.</param>
    public static string Family(FamilySummary family, string indent)
    {
        IEnumerable<string> variants = family.Variants.Select(v => $"{indent}    new()\n{indent}    {{\n{Variant(family.TypeKey, v, indent + "        ")}{indent}    }},\n");
        return $"{CSharp.Literal(family.TypeKey)}, static () =>\n{indent}[\n{string.Concat(variants)}{indent}]";
    }

    private static string Variant(string typeKey, VariantSummary variant, string indent)
    {
        string cpu = Generated + variant.CpuClass, openCl = Generated + variant.OpenClClass, subGroups = RenderedVariant.SubGroupClass(openCl);
        var text = new StringBuilder();
        Line("TypeKey", CSharp.Literal(typeKey));
        Line("Specialized", variant.Specialized);
        if (variant.CpuSize > 0)
            Line("MakeCpu", $"static () => new({Entry(512)}, {Entry(256)}, {Entry(128)}, &{cpu}.Plan)");
        if (variant.OpenClSize > 0)
            Line("MakeOpenCl", $"static () => new(&{openCl}.Source, {openCl}.EntryPoint, &{openCl}.Plan)" + (variant.HasSubGroups
                ? $" {{ SubGroups = new(&{subGroups}.Source, {openCl}.EntryPoint, &{subGroups}.Plan) }}"
                : ""));
        if (variant.PtxSize > 0)
            Line("MakeCuda", $"static () => {CSharp.List(variant.PtxTargets.Select(Module))}");
        return text.ToString();

        void Line(string name, string value) => text.Append($"{indent}{name} = {value},\n");

        string Entry(int width) => variant.Widths.Contains(width) ? FormattableString.Invariant($"&{cpu}.Run{width}") : "null";

        string Module(int target)
        {
            string ptx = RenderedVariant.PtxClass(cpu, target), specific = target == PtxInstructions.Warpgroups ? " { IsSpecific = true }" : "";
            return $"new({CSharp.Literal(target)}, &{ptx}.Source, {ptx}.EntryPoint, &{ptx}.Plan){specific}";
        }
    }

    private static string Parameter(ParameterModel parameter)
    {
        var text = new StringBuilder($"new() {{ Name = {CSharp.Literal(parameter.Name)}, Kind = KernelParameterKind.{parameter.Kind}");
        text.Append($", Type = {CSharp.Literal(parameter.TypeName)}");
        if (parameter.Kind == ParameterKind.View)
            text.Append($", Rank = {CSharp.Literal(parameter.Rank)}");
        if (parameter.IsPanels)
            text.Append(", IsPanels = true");
        if (parameter.Shape.Count > 0)
            text.Append($", Shape = {CSharp.List(parameter.Shape.Select(CSharp.Literal))}");
        if (parameter.Value.Length > 0)
            text.Append($", Value = {parameter.Value}");
        if (parameter.Low.Length > 0)
            text.Append($", Low = {parameter.Low}, High = {parameter.High}");
        if (parameter.Values.Count > 0)
            text.Append($", Values = {CSharp.List(parameter.Values.Select(CSharp.Literal))}");
        if (parameter.Choices.Count > 0)
            text.Append($", Choices = {CSharp.List(parameter.Choices.Select(CSharp.Literal))}");
        if (parameter.IsOutput)
            text.Append(", IsOutput = true");
        if (parameter.IsAccumulated)
            text.Append(", IsAccumulated = true");
        return text.Append(" }").ToString();
    }

    private static string RelativePath(string path, string folder)
    {
        string normal = path.Replace('\\', '/'), root = folder.Replace('\\', '/').TrimEnd('/') + "/";
        return root.Length > 1 && normal.StartsWith(root, StringComparison.Ordinal)
            ? normal.Substring(root.Length)
            : Path.GetFileName(path);
    }
}
