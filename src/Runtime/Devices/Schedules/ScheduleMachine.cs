namespace KernelFoundry;

/// <summary>What a tuned schedule depends on besides the kernel: choices that are fast on one machine need not be on another.</summary>
/// <param name="Cpu">The processor's name for itself.</param>
/// <param name="Threads">Threads of the device.</param>
/// <param name="VectorBits">Width of its vectors in bits.</param>
public sealed record ScheduleMachine(string Cpu, int Threads, int VectorBits)
{
    /// <summary>The machine on one line.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Cpu}, {Threads} thread{(Threads == 1 ? "" : "s")}, {VectorBits}-bit vectors";
}
