using KernelFoundry.Compiler.Targets;
using KernelFoundry.Compiler.Targets.Ptx;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>The code of a family of variants for every target.</summary>
internal sealed record RenderedFamily
{
    public required string Kernel { get; init; }

    public required bool IsForeign { get; init; }

    public required string TypeKey { get; init; }

    public required string FileName { get; init; }

    /// <summary>What the variants are made for, for the header of their files.</summary>
    public required string Subject { get; init; }

    public required EquatableArray<RenderedVariant> Variants { get; init; }

    public required EquatableArray<RenderFailure> Failures { get; init; }

    public required Aside<KernelSource?> Source { get; init; }

    /// <summary>What other files need to know of it.</summary>
    public FamilySummary Summary => new(Kernel, IsForeign, TypeKey, Variants.Select(v => v.Summary).ToEquatable());
}

/// <summary>The code of one variant. A text is empty where its target failed.</summary>
internal sealed record RenderedVariant(string ClassName, string Specialized, string CpuSource, string OpenClSource, string OpenClEntryPoint,
    string OpenClPlan, OpenClProgram? SubGroups, EquatableArray<PtxModule> Ptx)
{
    public string OpenClClass => ClassName + "__OpenCl";

    /// <summary>The class of the OpenCL code for devices with sub-groups.</summary>
    public static string SubGroupClass(string openClClass) => openClClass + "SubGroups";

    /// <summary>The class of the code for GPUs of a compute capability.</summary>
    public static string PtxClass(string className, int target) => FormattableString.Invariant($"{className}__Sm{target}");

    public VariantSummary Summary =>
        new(ClassName, OpenClClass, Specialized, CpuSource.Length, OpenClSource.Length, SubGroups is not null, Ptx.Sum(m => m.Source.Length),
            Ptx.Select(m => m.Target).ToEquatable(),
            CSharpTarget.Widths.Where(w => CpuSource.Contains(FormattableString.Invariant($" Run{w}("))).ToEquatable());
}

/// <summary>Why a variant has no code for a target.</summary>
internal sealed record RenderFailure(string Kernel, string Subject, string Target, string Reason, Aside<FailurePlace> Place);

/// <summary>Where in the kernel's source; line 0 where it is elsewhere or unknown.</summary>
internal sealed record FailurePlace(KernelSource? Kernel, int Line, int Column);

internal sealed record FamilySummary(string Kernel, bool IsForeign, string TypeKey, EquatableArray<VariantSummary> Variants);

/// <summary>A variant's classes and the size of its code, in characters; 0 where a target failed.</summary>
internal sealed record VariantSummary(string CpuClass, string OpenClClass, string Specialized, int CpuSize, int OpenClSize, bool HasSubGroups, int PtxSize,
    EquatableArray<int> PtxTargets, EquatableArray<int> Widths);
