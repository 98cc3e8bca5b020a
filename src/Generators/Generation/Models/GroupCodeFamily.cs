namespace KernelFoundry.Generators.Generation.Models;

/// <summary>The group code of a family of variants.</summary>
internal sealed record GroupCodeFamily(
    string Kernel, string TypeKey, string FileName, string Subject, EquatableArray<GroupCodeVariant> Variants, EquatableArray<RenderFailure> Failures)
{
    /// <summary>What the registration needs to know of it.</summary>
    public GroupCodeFamily WithoutSource => this with { Variants = Variants.Select(v => v with { Source = "" }).ToEquatable() };
}

/// <summary>The group code of one variant, and the arguments that make its GroupCode after the plan.</summary>
internal sealed record GroupCodeVariant(string StructName, string Specialized, string Source, string Arguments);
