using System.Globalization;
using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tokenizers.Unicode;

/// <summary>The sets of code points that patterns name: general categories, <c>\s</c>, <c>\d</c>, <c>\w</c>, and scripts.</summary>
internal static class UnicodeSets
{
    private static readonly Lazy<CodePointSet[]> s_categories = new(ReadCategories);

    // Two letters a category, in the order of UnicodeCategory.
    private const string CategoryNames = "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn";

    /// <summary>White_Space of the Unicode Character Database; also what .NET calls white space.</summary>
    public static CodePointSet WhiteSpace { get; } = CodePointSet.Of(
        [(0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
            (0x205F, 0x205F), (0x3000, 0x3000)]);

    /// <summary>Decimal digits, Nd.</summary>
    public static CodePointSet Digit { get; } = Category("Nd")!;

    /// <summary>
    /// Letters, marks, digits, connectors and joiners, as Unicode Technical Standard 18 (annex C) has it: letter numbers and the
    /// circled and squared letters are alphabetic too.
    /// </summary>
    public static CodePointSet Word { get; } = new[] { "L", "M", "Nd", "Nl", "Pc" }.Select(name => Category(name)!)
        .Append(CodePointSet.Of([(0x200C, 0x200D), (0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)]))
        .Aggregate((x, y) => x.Union(y));

    /// <summary>Script=Han (Scripts.txt of Unicode 16).</summary>
    public static CodePointSet Han { get; } = CodePointSet.Of(
        [(0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
            (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1),
            (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D),
            (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF)]);

    /// <summary>A general category ("Lu"), a group of them ("L"), or a script that patterns of tokenizers name; null where it is none.</summary>
    public static CodePointSet? Category(string name)
    {
        if (name is "Han" or "Script=Han" or "sc=Han")
            return Han;
        var found = Enumerable.Range(0, CategoryNames.Length / 2)
            .Where(i => name == CategoryNames.Substring(2 * i, 2) || (name.Length == 1 && name[0] == CategoryNames[2 * i])).ToArray();
        return found.Length == 0 ? null : CodePointSet.Of(found.SelectMany(i => s_categories.Value[i].Ranges.ToArray()));
    }

    private static CodePointSet[] ReadCategories()
    {
        var ranges = Enumerable.Range(0, CategoryNames.Length / 2).Select(_ => new List<(int, int)>()).ToArray();
        int start = 0;
        for (int codePoint = 1; codePoint <= CodePointSet.Last + 1; codePoint++)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(start);
            if (codePoint <= CodePointSet.Last && CharUnicodeInfo.GetUnicodeCategory(codePoint) == category)
                continue;
            ranges[(int)category].Add((start, codePoint - 1));
            start = codePoint;
        }

        return [.. ranges.Select(CodePointSet.Of)];
    }
}
