using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>The indices of a program along the three grid axes.</summary>
public readonly record struct ProgramPosition(int Axis0, int Axis1, int Axis2)
{
    public override string ToString() => $"({IrText.Int(Axis0)}, {IrText.Int(Axis1)}, {IrText.Int(Axis2)})";
}

/// <summary>One fault of a kernel: what happened, where in memory, where in the source, and who did it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Memory">The view or local buffer, empty where no memory is concerned.</param>
/// <param name="Index">The indices of the access, one an axis; empty where no memory is concerned.</param>
/// <param name="Location">The place in the kernel's source.</param>
/// <param name="Program">The program that did it.</param>
/// <param name="WorkItem">The work-item in its group, or null in the tile form.</param>
/// <param name="Detail">What was expected, or who else took part.</param>
public sealed record KernelFault(
    FaultKind Kind, string Memory, IReadOnlyList<int> Index, SourceLocation Location, ProgramPosition Program, int? WorkItem, string Detail)
{
    public override string ToString()
    {
        string where = Memory.Length > 0 ? $" {Memory}[{string.Join(", ", Index.Select(IrText.Int))}]" : "";
        string who = WorkItem is { } item ? $"program {Program}, work-item {IrText.Int(item)}" : $"program {Program}";
        string at = Location.Line > 0 ? $"{Location}: " : "";
        return $"{at}{Kind}{where}: {Detail} ({who})";
    }
}
