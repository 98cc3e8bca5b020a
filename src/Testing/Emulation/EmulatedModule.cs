using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Emulation;

/// <summary>A loaded module: its entries, checked and ready to run.</summary>
internal sealed class EmulatedModule(PtxModule module)
{
    private readonly Dictionary<string, EmulatedFunction> functions = module.Entries.Values.ToDictionary(
        entry => entry.Name, entry => new EmulatedFunction(new PtxProgram(module, entry)));

    public IReadOnlyDictionary<string, EmulatedFunction> Functions => functions;
}
