namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>The text of a template, every line break as \n and without the last one, and what place in it an offset is.</summary>
internal sealed class SourceText
{
    public SourceText(string name, string source)
    {
        Name = name;
        string text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = text.EndsWith('\n') ? text[..^1] : text;
    }

    public string Name { get; }

    public string Text { get; }

    public TemplateException Error(int offset, string reason, Exception? cause = null)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Min(offset, Text.Length));
        int line = before.Count('\n') + 1;
        int column = before.Length - before.LastIndexOf('\n');
        return new TemplateException(Name, line, column, reason, cause);
    }
}
