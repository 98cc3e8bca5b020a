using System.Text;
using KernelFoundry.Compiler.Targets.Ptx;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>Writes the code of a family of variants: one file a target.</summary>
internal static class VariantWriter
{
    public static IEnumerable<GeneratedFile> Write(RenderedFamily family)
    {
        string subject = family.Subject.Length > 0 ? $"{family.Kernel} for {family.Subject}" : family.Kernel;
        KernelSource? source = family.Source.Value;
        string place = source is null ? "" : FormattableString.Invariant($" ({Path.GetFileName(source.Path)}:{source.Line})");
        RenderedVariant[] cpu = [.. family.Variants.Where(v => v.CpuSource.Length > 0)],
            openCl = [.. family.Variants.Where(v => v.OpenClSource.Length > 0)], ptx = [.. family.Variants.Where(v => v.Ptx.Count > 0)];
        if (cpu.Length > 0)
            yield return GeneratedFile.Of($"{family.FileName}.Cpu", $"{subject}, on the CPU{place}.", Cpu(cpu), hasReferences: false);
        if (openCl.Length > 0)
            yield return GeneratedFile.Of($"{family.FileName}.OpenCl", $"{subject}, on OpenCL{place}.", OpenCl(openCl));
        if (ptx.Length > 0)
            yield return GeneratedFile.Of($"{family.FileName}.Cuda", $"{subject}, on CUDA{place}.", Ptx(ptx));
    }

    private static string Cpu(IEnumerable<RenderedVariant> variants)
    {
        var text = new StringBuilder("""
            using System;
            using System.Runtime.CompilerServices;
            using System.Runtime.Intrinsics;
            using System.Runtime.Intrinsics.X86;

            namespace KernelFoundry.Generated;

            """.Replace("\r\n", "\n"));
        foreach (RenderedVariant variant in variants)
            text.Append('\n').Append(variant.CpuSource.TrimEnd('\n')).Append('\n');
        return text.ToString();
    }

    private static string OpenCl(IEnumerable<RenderedVariant> variants)
    {
        var text = new StringBuilder("using System;\n\nnamespace KernelFoundry.Generated;\n");
        foreach (RenderedVariant variant in variants)
        {
            text.Append($"\ninternal static unsafe class {variant.OpenClClass}\n{{\n");
            text.Append($"    public const string EntryPoint = {CSharp.Literal(variant.OpenClEntryPoint)};\n\n");
            text.Append($"    public static ReadOnlySpan<byte> Source() =>\n{CSharp.Raw(variant.OpenClSource)}u8;\n\n");
            text.Append(
                $"    public static void Plan(long* args, LaunchShape* shape)\n    {{\n{variant.OpenClPlan.TrimEnd('\n')}\n    }}\n}}\n");
            if (variant.SubGroups is not { } subGroups)
                continue;
            text.Append($"\ninternal static unsafe class {RenderedVariant.SubGroupClass(variant.OpenClClass)}\n{{\n");
            text.Append($"    public static ReadOnlySpan<byte> Source() =>\n{CSharp.Raw(subGroups.Source)}u8;\n\n");
            text.Append(
                $"    public static void Plan(long* args, LaunchShape* shape)\n    {{\n{subGroups.PlanCSharp.TrimEnd('\n')}\n    }}\n}}\n");
        }

        return text.ToString();
    }

    private static string Ptx(IEnumerable<RenderedVariant> variants)
    {
        var text = new StringBuilder("using System;\n\nnamespace KernelFoundry.Generated;\n");
        foreach (RenderedVariant variant in variants)
        {
            foreach (PtxModule module in variant.Ptx)
            {
                text.Append($"\ninternal static unsafe class {RenderedVariant.PtxClass(variant.ClassName, module.Target)}\n{{\n");
                text.Append($"    public const string EntryPoint = {CSharp.Literal(module.EntryPoint)};\n\n");
                text.Append("    // PTX, deflated, as Base64; kf kernels show --device cuda prints it.\n");
                text.Append($"    public static ReadOnlySpan<byte> Source() => \"{PackedText.Of(module.Source)}\"u8;\n\n");
                text.Append(
                    $"    public static void Plan(long* args, LaunchShape* shape)\n    {{\n{module.PlanCSharp.TrimEnd('\n')}\n    }}\n}}\n");
            }
        }

        return text.ToString();
    }
}
