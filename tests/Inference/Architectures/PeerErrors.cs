namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>What a comparison with llama.cpp found, written down where <c>KERNELFOUNDRY_LLAMA_ERRORS</c> says.</summary>
internal static class PeerErrors
{
    private static readonly Lock s_writing = new();

    public static void Record(string name, double error)
    {
        if (Environment.GetEnvironmentVariable("KERNELFOUNDRY_LLAMA_ERRORS") is not { } path)
            return;
        lock (s_writing)
            File.AppendAllText(path, FormattableString.Invariant($"{name}\t{error:0.0e-0}\n"));
    }
}
