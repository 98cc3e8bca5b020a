using System.Globalization;

namespace KernelFoundry.Testing.Ptx;

/// <summary>The registers an entry declares, single ones and runs as <c>%r&lt;n&gt;</c>, which are %r0 to %r(n-1).</summary>
internal sealed class PtxRegisters
{
    private readonly Dictionary<string, PtxType> single = [];
    private readonly Dictionary<string, (PtxType Type, int Count)> runs = [];

    public bool Declare(string name, PtxType type) => Find(name) is null && single.TryAdd(name, type);

    public bool DeclareRun(string prefix, PtxType type, int count) => runs.TryAdd(prefix, (type, count));

    /// <summary>A register's type; null if none is declared.</summary>
    public PtxType? Find(string name)
    {
        if (single.TryGetValue(name, out PtxType type))
            return type;
        int digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1]))
            digits--;
        return digits < name.Length && (name[digits] != '0' || digits == name.Length - 1)
            && runs.TryGetValue(name[..digits], out (PtxType Type, int Count) run)
            && int.TryParse(name.AsSpan(digits), CultureInfo.InvariantCulture, out int number) && number < run.Count
            ? run.Type
            : null;
    }
}
