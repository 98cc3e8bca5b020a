namespace KernelFoundry.Inference.Templates.Values;

/// <summary>A text. Its characters are Unicode code points, as in Python.</summary>
/// <param name="text">UTF-16.</param>
/// <param name="isMarkup">
/// Whether it is HTML that <c>escape</c> or <c>safe</c> made: text added to it is escaped first.
/// </param>
internal sealed class StringValue(string text, bool isMarkup = false) : TemplateValue
{
    private int _length = -1;

    public static StringValue Empty { get; } = new("");

    public string Text { get; } = text;

    public bool IsMarkup { get; } = isMarkup;

    /// <summary>Number of characters.</summary>
    public int Length
    {
        get
        {
            if (_length < 0)
                _length = CountCharacters(Text);
            return _length;
        }
    }

    internal override string TypeName => IsMarkup ? "Markup" : "str";

    internal override bool IsTrue => Text.Length > 0;

    /// <summary>Whether every character is one UTF-16 unit, so that offsets are indices.</summary>
    public bool IsSimple => Length == Text.Length;

    /// <summary>Number of characters of a text.</summary>
    public static int CountCharacters(ReadOnlySpan<char> text)
    {
        int pairs = 0;
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
                pairs++;
            int next = text[(i + 1)..].IndexOfAnyInRange('\uD800', '\uDBFF');
            if (next < 0)
                break;
            i += next;
        }

        return text.Length - pairs;
    }

    /// <summary>The UTF-16 offset of a character.</summary>
    public int OffsetOf(int index)
    {
        if (IsSimple)
            return index;
        int offset = 0;
        for (; index > 0; index--)
            offset += WidthAt(Text, offset);
        return offset;
    }

    /// <summary>Every character as a text.</summary>
    public IEnumerable<string> Characters()
    {
        for (int offset = 0, width; offset < Text.Length; offset += width)
        {
            width = WidthAt(Text, offset);
            yield return Text.Substring(offset, width);
        }
    }

    public static int WidthAt(string text, int offset) =>
        offset + 1 < text.Length && char.IsSurrogatePair(text[offset], text[offset + 1]) ? 2 : 1;
}
