using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>A kernel's gradient: the kernel that computes it and how its views follow from the forward kernel's.</summary>
/// <param name="Kernel">The derived kernel.</param>
/// <param name="Outputs">The forward kernel's outputs and the views their gradients are read from.</param>
/// <param name="Inputs">The differentiated inputs and the views their gradients are written to.</param>
public sealed record Gradient(Kernel Kernel, IReadOnlyList<GradientOutput> Outputs, IReadOnlyList<GradientInput> Inputs)
{
    /// <summary>The name of a gradient: dx of x, dWeight of weight.</summary>
    public static string NameOf(string view) => view.Length == 1 ? "d" + view : "d" + char.ToUpperInvariant(view[0]) + view.Substring(1);
}

/// <summary>An output of the forward kernel.</summary>
/// <param name="View">The output.</param>
/// <param name="Name">The view its gradient is read from.</param>
/// <param name="ProgramAxis">Its axis along which programs take turns where gradients are in parts; -1 where none are.</param>
public sealed record GradientOutput(string View, string Name, int ProgramAxis);

/// <summary>A differentiated input.</summary>
/// <param name="View">The input.</param>
/// <param name="Name">The view its gradient is written to.</param>
/// <param name="IsPartial">Whether it is written in parts, [parts, ...], to be added up; else it is added in place.</param>
public sealed record GradientInput(string View, string Name, bool IsPartial);
