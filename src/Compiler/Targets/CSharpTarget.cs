using System.Text;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>
/// Renders a specialised kernel as SIMD C#: one method a hardware width (512, 256 and 128 bits), all with the same 16-lane arithmetic and so
/// the same bits, and the Plan of a launch.
/// </summary>
public static class CSharpTarget
{
    /// <summary>Vector widths in bits, widest first.</summary>
    public static readonly IReadOnlyList<int> Widths = [512, 256, 128];

    /// <summary>The widths code specialised to values is rendered for; narrower vectors run the generic version.</summary>
    public static readonly IReadOnlyList<int> SpecializedWidths = [512];

    /// <summary>The vector form this target renders for a hardware width.</summary>
    public static Program Lower(Kernel kernel, int width = 512) =>
        TileLowering.Lower(kernel, CodeForm.Vector, state => new VectorNests(state, width));

    /// <summary>
    /// A class with a method a width, Run512 and so on (<c>long* args, byte* scratch, int p0, int p1, int p2</c>), and Plan
    /// (<c>long* args, LaunchShape*</c>).
    /// </summary>
    public static string Render(Kernel kernel, string className, IReadOnlyList<int>? widths = null)
    {
        var text = new StringBuilder();
        text.Append("internal static unsafe class ").Append(className).Append("\n{\n");
        foreach (int width in widths ?? Widths)
            text.Append(RenderWidth(kernel, width)).Append('\n');
        text.Append("    public static void Plan(long* args, LaunchShape* shape)\n    {\n");
        text.Append(PlanWriter.Body(Renaming.ForText(Lower(kernel)), "        ", "CpuScratchBytes")).Append("    }\n}\n");
        return text.ToString();
    }

    /// <summary>One width's method alone: what a reader wants to see.</summary>
    public static string RenderWidth(Kernel kernel, int width) => new VectorWriter(Renaming.ForText(Lower(kernel, width)), width).Method();
}
