namespace KernelFoundry.Compiler.Interpreter;

/// <summary>What a kernel can do wrong while it runs.</summary>
public enum FaultKind
{
    /// <summary>An access outside a view or buffer.</summary>
    OutOfBounds,

    /// <summary>A read of memory that nothing has written.</summary>
    Uninitialized,

    /// <summary>Two programs, or two work-items between two barriers, access one element and one of them writes it.</summary>
    Race,

    /// <summary>Some work-items of a group wait at a barrier that others do not reach.</summary>
    BarrierDivergence,

    /// <summary>Integer division by zero.</summary>
    DivisionByZero,

    /// <summary>A negative tile extent, buffer size or loop step.</summary>
    NegativeExtent,

    /// <summary>A loop that does not end within the interpreter's step limit.</summary>
    Endless,
}
