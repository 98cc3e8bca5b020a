using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Generation;

/// <summary>Writes pieces of C#: identifiers and literals.</summary>
internal static class CSharp
{
    /// <summary>A name, escaped where it is a keyword.</summary>
    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;

    /// <summary>A dotted name as one identifier.</summary>
    public static string Flat(string name)
    {
        var flat = new StringBuilder(name.Length);
        foreach (char c in name)
            flat.Append(char.IsLetterOrDigit(c) || c == '_' ? c : '_');
        return flat.ToString();
    }

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    public static string Literal(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A constant of an attribute as C# writes it.</summary>
    public static string Literal(object? value) => value switch
    {
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
        bool flag => flag ? "true" : "false",
        string text => Literal(text),
        uint number => number.ToString(CultureInfo.InvariantCulture) + "u",
        int number => Literal(number),
        _ => "null",
    };

    /// <summary>A text of many lines as a raw string literal, at the left margin.</summary>
    public static string Raw(string text)
    {
        string quotes = "\"\"\"";
        while (text.Contains(quotes))
            quotes += "\"";
        return $"{quotes}\n{text.TrimEnd('\n')}\n{quotes}";
    }

    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";
}
