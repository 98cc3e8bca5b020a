using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Emulation;

/// <summary>A launch with its parameters' values, as they were when it was given.</summary>
internal sealed record EmulatedLaunch(EmulatedFunction Function, (uint X, uint Y, uint Z) Grid, int Threads, int SharedBytes, byte[] Parameters)
{
    /// <summary>Copies what pointers to parameters point at.</summary>
    public static unsafe byte[] Copy(PtxProgram program, void** parameters)
    {
        IReadOnlyList<PtxParameter> declared = program.Parameters;
        int length = declared.Count == 0 ? 0 : declared[^1].Offset + PtxTypes.Bytes(declared[^1].Type);
        var bytes = new byte[length];
        for (int i = 0; i < declared.Count; i++)
            new ReadOnlySpan<byte>(parameters[i], PtxTypes.Bytes(declared[i].Type)).CopyTo(bytes.AsSpan(declared[i].Offset));
        return bytes;
    }
}
