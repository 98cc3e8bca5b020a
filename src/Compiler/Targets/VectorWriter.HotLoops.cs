using System.Globalization;
using System.Text.RegularExpressions;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>
/// Loops that decide a kernel's speed are methods of their own: the JIT gives registers to what a method uses, and in a whole kernel that is more than
/// there are. Constants of whole vectors it reads from memory wherever they are used, every turn; one loaded before the loop, from where the JIT does
/// not know it, stays in a register, of which there are enough at 512 bits as long as nothing is called.
/// </content>
internal partial class VectorWriter
{
    // More would drive the data out of the registers.
    private const int HeldConstants = 6;

    private readonly List<string> _hotLoops = [];

    // What the frame and enclosing loops have declared, by name.
    private readonly Dictionary<string, string> _declared = [];

    // Constants of the hot loop that is being written, 64 bytes each.
    private List<string>? _constants;

    private bool HasHotLoops => width == 512;

    protected override void WriteFor(For loop)
    {
        if (!HasHotLoops || _constants is not null || !IsHot(loop))
        {
            _declared[loop.Index.Name] = "int";
            base.WriteFor(loop);
            return;
        }

        (string Name, string Type)[] outside = [.. Outside()];
        _constants = [];
        string text = Captured(() => base.WriteFor(loop));
        (string Name, string Type)[] used = [.. outside.Where(o => Regex.IsMatch(text, $@"\b{o.Name}\b"))];
        string name = $"Loop{Int(width)}_{Int(_hotLoops.Count)}";
        Line($"{name}({string.Join(", ", used.Select(u => u.Name))});");
        _hotLoops.Add(HotLoop(name, used, text));
        _constants = null;
    }

    // Innermost but for rows and their chunks: no statement that is a call, and no value of the loop's goes out of it other than through memory.
    private static bool IsHot(For loop)
    {
        Stmt[] inside = [.. CodeWalk.All(loop.Body)];
        var declared = new HashSet<string>(inside.OfType<Let>().Select(l => l.Var.Name));
        return inside.SelectMany(CodeWalk.Expressions).Any(e => e is DotBytes or PackedCodes)
            && !inside.Any(s => s is CombineRows or QuantizeRows or ContractBytes or Contract or TransposeMatrix or RoundRow)
            && inside.OfType<Assign>().All(a => declared.Contains(a.Var.Name))
            && CodeWalk.Expressions(loop).Concat(inside.SelectMany(CodeWalk.Expressions)).OfType<Var>().All(v => !v.IsVector || declared.Contains(v.Name));
    }

    private IEnumerable<(string Name, string Type)> Outside()
    {
        foreach ((Ir.Parameter parameter, string name, char kind, _) in Slots())
        {
            yield return (name, kind switch
            {
                'p' => $"{PointerType(parameter.Element)}*",
                'e' => "int",
                's' => "long",
                _ => TypeName(parameter.DType),
            });
            if (kind == 's')
                yield return (Regex.Replace(name, "_s(\\d)$", "_b$1"), "long");
        }

        foreach (LocalBuffer buffer in Program.Buffers)
            yield return (buffer.Name, $"{TypeName(buffer.Type)}*");
        foreach (string program in new[] { "p0", "p1", "p2" })
            yield return (program, "int");
        yield return ("halves", "float*");
        foreach (KeyValuePair<string, string> each in _declared)
            yield return (each.Key, each.Value);
    }

    private string HotLoop(string name, (string Name, string Type)[] parameters, string text) => Captured(() =>
    {
        int depth = Depth;
        IndentBy(1 - depth);
        Line("[SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]");
        Open($"private static void {name}({string.Join(", ", parameters.Select(p => $"{p.Type} {p.Name}"))})");
        string[] names = [.. Enumerable.Range(0, _constants!.Count).Select(i => $"constant{Int(i)}")];
        Dictionary<string, int> uses = names.ToDictionary(constant => constant, constant => Regex.Matches(text, $@"\b{constant}\b").Count);
        string[] held = [.. names.OrderByDescending(constant => uses[constant]).Take(HeldConstants)];
        if (held.Length > 0)
            Line($"ulong* constants = Lanes.Constants([{string.Join(", ", held.Select(constant => _constants[Array.IndexOf(names, constant)]))}]);");
        for (int i = 0; i < held.Length; i++)
            Line($"{_vector}<byte> {held[i]} = {_vector}.Load(constants + {Int(i * width / 64)}).AsByte();");
        foreach (string constant in names.Except(held))
            text = Regex.Replace(text, $@"\b{constant}\b", InPlace(_constants[Array.IndexOf(names, constant)]));
        Raw(Shifted(text, 2 - depth));
        Close();
        IndentBy(depth - 1);
    });

    private static string Shifted(string text, int levels) => levels >= 0
        ? Regex.Replace(text, "^(?=.)", new string(' ', 4 * levels), RegexOptions.Multiline)
        : Regex.Replace(text, $"^ {{{(-4 * levels).ToString(CultureInfo.InvariantCulture)}}}", "", RegexOptions.Multiline);

    private static string Words(byte[] values) => string.Join(", ", Enumerable.Range(0, values.Length / 8)
        .Select(q => $"0x{BitConverter.ToUInt64(values, 8 * q).ToString("X", CultureInfo.InvariantCulture)}UL"));

    private string InPlace(byte[] values) => values.All(v => v == values[0]) ? $"{_vector}.Create((byte){Int(values[0])})" : InPlace(Words(values));

    // Words that are all the same are one, which an instruction may take from memory for all.
    private string InPlace(string words)
    {
        string[] different = [.. words.Split([", "], StringSplitOptions.None).Distinct()];
        return $"{_vector}.Create({(different.Length == 1 ? different[0] : words)}).AsByte()";
    }

    /// <summary>A vector of bytes.</summary>
    private string ConstantVector(byte[] values)
    {
        if (_constants is null)
            return InPlace(values);
        string words = Words(values);
        if (!_constants.Contains(words))
            _constants.Add(words);
        return $"constant{Int(_constants.IndexOf(words))}";
    }

    /// <summary>A vector of numbers of 32 bits, as bytes.</summary>
    private string ConstantVector(IEnumerable<int> lanes) => ConstantVector([.. lanes.SelectMany(BitConverter.GetBytes)]);
}
