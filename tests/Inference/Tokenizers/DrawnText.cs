using System.Text;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Text drawn at random: letters, digits and spaces mostly, and code points of every Unicode category.</summary>
internal static class DrawnText
{
    private static readonly string[] s_common =
        [" ", " ", "  ", "\n", "\r\n", "\t", "a", "e", "Z", "the", "Word", "'s", "'LL", "'", "1", "42", ".", ",", "...", "!?", "_", "/", "(", "é", "ß", "中文", "日本", "ñ", "🦙", "▁"];

    private static readonly Rune[][] s_categories = [.. Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(c => new Rune(c))
        .GroupBy(Rune.GetUnicodeCategory).Select(group => group.ToArray())];

    /// <summary>So many parts, of one or a few characters each.</summary>
    public static string Next(Random random, int parts, bool onlyBasicPlane = false)
    {
        var text = new StringBuilder();
        for (int i = 0; i < parts; i++)
        {
            if (random.Next(3) > 0)
                text.Append(s_common[random.Next(s_common.Length)]);
            else
                text.Append(NextRune(random, onlyBasicPlane).ToString());
        }

        return onlyBasicPlane ? text.Replace("🦙", "").ToString() : text.ToString();
    }

    /// <summary>A code point, each category as likely as the others.</summary>
    public static Rune NextRune(Random random, bool onlyBasicPlane)
    {
        while (true)
        {
            var category = s_categories[random.Next(s_categories.Length)];
            var rune = category[random.Next(category.Length)];
            if (!onlyBasicPlane || rune.IsBmp)
                return rune;
        }
    }
}
