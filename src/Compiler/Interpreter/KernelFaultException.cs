namespace KernelFoundry.Compiler.Interpreter;

/// <summary>An interpreted kernel did something no device could do reliably.</summary>
public sealed class KernelFaultException(KernelFault fault) : Exception(fault.ToString())
{
    /// <summary>The fault.</summary>
    public KernelFault Fault { get; } = fault;
}
