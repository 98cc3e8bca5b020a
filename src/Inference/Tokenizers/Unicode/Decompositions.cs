using System.Globalization;
using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Unicode;

/// <summary>
/// Decompositions and combining classes of the Unicode Character Database. .NET leaves normalization to the system's library, which a
/// program without culture data does not have.
/// </summary>
internal sealed class Decompositions
{
    private static readonly Lazy<Decompositions> s_instance = new(() => new Decompositions());
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly Dictionary<int, byte> _classes = [];

    private Decompositions()
    {
        using var stream = typeof(Decompositions).Assembly.GetManifestResourceStream("Decompositions.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#')
                continue;
            if (line[0] == '@')
                ReadClasses(line);
            else
                ReadDecomposition(line);
        }
    }

    public static Decompositions Instance => s_instance.Value;

    /// <summary>What a code point decomposes into in one step, or null.</summary>
    public int[]? Of(int codePoint, bool compatible) =>
        _canonical.TryGetValue(codePoint, out int[]? parts) || (compatible && _compatible.TryGetValue(codePoint, out parts)) ? parts : null;

    /// <summary>What two code points compose to, or -1.</summary>
    public int Compose(int first, int second) => _compositions.GetValueOrDefault((first, second), -1);

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    public byte Class(int codePoint) => _classes.GetValueOrDefault(codePoint);

    private void ReadClasses(string line)
    {
        string[] parts = line.Split(' ');
        byte combining = byte.Parse(parts[0].AsSpan(1), CultureInfo.InvariantCulture);
        foreach (string range in parts.Skip(1))
        {
            int dash = range.IndexOf('-', StringComparison.Ordinal);
            for (int c = Hex(range.AsSpan(0, dash)); c <= Hex(range.AsSpan(dash + 1)); c++)
                _classes.Add(c, combining);
        }
    }

    private void ReadDecomposition(string line)
    {
        int mark = line.AsSpan().IndexOfAny(":=<");
        int codePoint = Hex(line.AsSpan(0, mark));
        int[] parts = [.. line[(mark + 1)..].Split(' ').Select(part => Hex(part))];
        (line[mark] == '<' ? _compatible : _canonical).Add(codePoint, parts);
        if (line[mark] == ':')
            _compositions.Add((parts[0], parts[1]), codePoint);
    }

    private static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
