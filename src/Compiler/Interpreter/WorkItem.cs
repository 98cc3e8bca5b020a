using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>A scalar expression made executable.</summary>
internal delegate Number ScalarCode(WorkItem item);

/// <summary>A vector expression made executable. Nobody changes the array it gives.</summary>
internal delegate Number[] LaneCode(WorkItem item);

/// <summary>One work-item, or the worker of the vector form: its variables.</summary>
internal sealed class WorkItem(int index, int variables)
{
    public int Index { get; } = index;

    public Number[] Scalars { get; } = new Number[variables];

    public Number[][] Vectors { get; } = new Number[variables][];

    /// <summary>Copies under way.</summary>
    public CopyQueue Copies { get; } = new();

    /// <summary>Products of its warpgroup under way.</summary>
    public ProductQueue Products { get; } = new();
}
