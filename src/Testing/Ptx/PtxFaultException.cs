namespace KernelFoundry.Testing.Ptx;

/// <summary>A thread did what hardware does not promise to survive, or to give one result for.</summary>
internal sealed class PtxFaultException(string message) : Exception(message);
