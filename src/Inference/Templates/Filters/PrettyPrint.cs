using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>
/// Values as Python's <c>pprint.pformat</c> writes them: on one line if that has at most 80 characters, else a line an item; dictionaries by their keys; long texts
/// in parts, between words, that Python would read as one.
/// </summary>
internal sealed class PrettyPrint(RenderContext context)
{
    private const int Width = 80;
    private readonly StringBuilder _output = new();

    /// <summary>The text of a value.</summary>
    public static string Format(RenderContext context, TemplateValue value)
    {
        var printer = new PrettyPrint(context);
        printer.Write(value, indent: 0, allowance: 0, level: 0);
        context.ReserveText(printer._output.Length);
        return printer._output.ToString();
    }

    // The allowance is what must follow on the last line: brackets and commas.
    private void Write(TemplateValue value, int indent, int allowance, int level)
    {
        context.Step();
        context.Enter();
        string line = OneLine(value);
        if (Length(line) <= Width - indent - allowance || value is not (DictValue or ListValue or TupleValue or StringValue { IsMarkup: false }))
            _output.Append(line);
        else if (value is DictValue dict)
            WriteDict(dict, indent, allowance + 1, level + 1);
        else if (value is ListValue list)
            WriteItems(list.Items, "[", "]", indent, allowance, level + 1);
        else if (value is TupleValue tuple)
            WriteItems(tuple.Items, "(", tuple.Items.Length == 1 ? ",)" : ")", indent, allowance, level + 1);
        else
            WriteText((StringValue)value, indent, allowance, isOuter: level == 0);
        context.Leave();
    }

    private void WriteDict(DictValue dict, int indent, int allowance, int level)
    {
        _output.Append('{');
        TemplateValue[] keys = SortedKeys(dict);
        for (int i = 0; i < keys.Length; i++)
        {
            string key = OneLine(keys[i]);
            _output.Append(i == 0 ? "" : NewLine(",", indent + 1)).Append(key).Append(": ");
            Write(dict.Find(keys[i])!, indent + 3 + Length(key), i == keys.Length - 1 ? allowance : 1, level);
        }

        _output.Append('}');
    }

    private void WriteItems(TemplateValue[] items, string open, string close, int indent, int allowance, int level)
    {
        _output.Append(open);
        for (int i = 0; i < items.Length; i++)
        {
            _output.Append(i == 0 ? "" : NewLine(",", indent + 1));
            Write(items[i], indent + 1, i == items.Length - 1 ? allowance + close.Length : 1, level);
        }

        _output.Append(close);
    }

    // A text that is no part of another value stands in brackets.
    private void WriteText(StringValue text, int indent, int allowance, bool isOuter)
    {
        if (isOuter)
            (indent, allowance) = (indent + 1, allowance + 1);
        List<string> parts = Parts(PythonString.SplitLines(context, text.Text, keepEnds: true), Width - indent, allowance);
        bool isBracketed = isOuter && parts.Count > 1;
        _output.Append(isBracketed ? "(" : "").AppendJoin(NewLine("", indent), parts).Append(isBracketed ? ")" : "");
    }

    // Lines, and parts of lines as long as fit; the last leaves room for what follows.
    private List<string> Parts(List<string> lines, int width, int allowance)
    {
        var parts = new List<string>();
        for (int i = 0; i < lines.Count; i++)
        {
            bool isLast = i == lines.Count - 1;
            string whole = Quoted(lines[i]);
            if (Length(whole) <= width - (isLast ? allowance : 0))
            {
                parts.Add(whole);
                continue;
            }

            string current = "";
            List<string> words = Words(lines[i]);
            for (int j = 0; j < words.Count; j++)
            {
                string longer = current + words[j];
                bool fits = Length(Quoted(longer)) <= width - (isLast && j == words.Count - 1 ? allowance : 0);
                if (!fits && current.Length > 0)
                    parts.Add(Quoted(current));
                current = fits ? longer : words[j];
            }

            if (current.Length > 0)
                parts.Add(Quoted(current));
        }

        return parts;
    }

    // Each with the spaces after it.
    private List<string> Words(string line)
    {
        var words = new List<string>();
        for (int at = 0, end; at < line.Length; at = end)
        {
            end = at;
            while (end < line.Length && !PythonCharacter.IsSpace(line[end]))
                end++;
            while (end < line.Length && PythonCharacter.IsSpace(line[end]))
                end++;
            words.Add(line[at..end]);
        }

        context.ReserveItems(words.Count);
        return words;
    }

    private string OneLine(TemplateValue value)
    {
        var line = new StringBuilder();
        WriteOneLine(value, line);
        context.ReserveText(line.Length);
        return line.ToString();
    }

    // As repr writes it, but for the order of dictionaries.
    private void WriteOneLine(TemplateValue value, StringBuilder line)
    {
        context.Step();
        context.Enter();
        switch (value)
        {
            case DictValue dict:
                WriteJoined("{", SortedKeys(dict), "}", line, key =>
                {
                    WriteOneLine(key, line);
                    line.Append(": ");
                    WriteOneLine(dict.Find(key)!, line);
                });
                break;
            case ListValue list:
                WriteJoined("[", list.Items, "]", line, item => WriteOneLine(item, line));
                break;
            case TupleValue tuple:
                WriteJoined("(", tuple.Items, tuple.Items.Length == 1 ? ",)" : ")", line, item => WriteOneLine(item, line));
                break;
            default:
                line.Append(PythonText.Repr(context, value));
                break;
        }

        if (line.Length > context.Options.MaxOutputLength)
            context.ReserveText(line.Length);
        context.Leave();
    }

    private static void WriteJoined(string open, TemplateValue[] items, string close, StringBuilder line, Action<TemplateValue> write)
    {
        line.Append(open);
        for (int i = 0; i < items.Length; i++)
        {
            line.Append(i == 0 ? "" : ", ");
            write(items[i]);
        }

        line.Append(close);
    }

    // Keys that have no order go by the names of their types.
    private TemplateValue[] SortedKeys(DictValue dict) => StableSort.Sort(context, [.. dict.Entries.Select(entry => entry.Key)], (a, b) => TypeOrder(a, b) is { } byType ? byType < 0 : Comparison.Order(context, a, b) < 0);

    private static int? TypeOrder(TemplateValue a, TemplateValue b)
    {
        bool areOrdered = (a, b) is (StringValue, StringValue) or (TupleValue, TupleValue) || (IsNumber(a) && IsNumber(b));
        return areOrdered ? null : string.CompareOrdinal(PythonName(a), PythonName(b));

        static bool IsNumber(TemplateValue value) => value is IntegerValue or FloatValue or BooleanValue;

        static string PythonName(TemplateValue value) => value is NoneValue ? "NoneType" : value.TypeName;
    }

    private string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2);
        PythonText.WriteQuoted(text, quoted);
        context.ReserveText(quoted.Length);
        return quoted.ToString();
    }

    private static int Length(string text) => StringValue.CountCharacters(text);

    private static string NewLine(string before, int indent) => string.Create(CultureInfo.InvariantCulture, $"{before}\n{new string(' ', indent)}");
}
