using System.Text;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>Writes the group code of a family of variants, and the module initializer that makes all of a project known.</summary>
internal static class GroupCodeWriter
{
    public static GeneratedFile Write(GroupCodeFamily family)
    {
        var text = new StringBuilder("namespace KernelFoundry.Generated;\n");
        foreach (GroupCodeVariant variant in family.Variants)
            text.Append('\n').Append(variant.Source);
        string subject = family.Subject.Length > 0 ? $"{family.Kernel} for {family.Subject}" : family.Kernel;
        return GeneratedFile.Of($"{family.FileName}.Group", $"{subject}, as group code.", text.ToString(), hasReferences: false);
    }

    public static GeneratedFile Register(IEnumerable<GroupCodeFamily> families)
    {
        var text = new StringBuilder("using KernelFoundry;\n\nnamespace KernelFoundry.Generated;\n\nfile static unsafe class GroupCodeRegistration\n{\n");
        text.Append("    [global::System.Runtime.CompilerServices.ModuleInitializer]\n    internal static void Register()\n    {\n");
        foreach (GroupCodeFamily family in families)
        {
            foreach (GroupCodeVariant variant in family.Variants)
            {
                text.Append($"        GroupCodes.Add({CSharp.Literal(family.Kernel)}, {CSharp.Literal(family.TypeKey)}, {variant.Specialized}, ");
                text.Append($"new GroupCode<{variant.StructName}>(&{variant.StructName}.Plan, {variant.Arguments}));\n");
            }
        }

        text.Append("    }\n}\n");
        return GeneratedFile.Of("KernelFoundry.GroupCode", "The group code this assembly makes known when it is loaded.", text.ToString());
    }
}
