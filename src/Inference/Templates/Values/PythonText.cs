using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> write them.</summary>
internal static class PythonText
{
    private static readonly Dictionary<int, string> s_escapes = new() { ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", ['\\'] = "\\\\" };

    /// <summary><c>str(value)</c></summary>
    public static string Str(RenderContext context, TemplateValue value)
    {
        switch (value)
        {
            case StringValue text:
                return text.Text;
            case IntegerValue integer:
                return integer.Value.ToString(CultureInfo.InvariantCulture);
            case UndefinedValue:
                return "";
            default:
                return Repr(context, value);
        }
    }

    /// <summary><c>repr(value)</c></summary>
    public static string Repr(RenderContext context, TemplateValue value)
    {
        var output = new StringBuilder();
        Write(context, value, output);
        context.ReserveText(output.Length);
        return output.ToString();
    }

    /// <summary>A text between quotes.</summary>
    public static void WriteQuoted(string text, StringBuilder output)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        for (int at = 0, width; at < text.Length; at += width)
        {
            width = StringValue.WidthAt(text, at);
            Rune? rune = Rune.TryGetRuneAt(text, at, out Rune whole) ? whole : null;
            int point = rune?.Value ?? text[at];
            if (s_escapes.TryGetValue(point, out string? escape))
                output.Append(escape);
            else if (point == quote)
                output.Append('\\').Append(quote);
            else if (rune is { } character && PythonCharacter.IsPrintable(character))
                output.Append(character);
            else
                output.Append(point < 0x100 ? $"\\x{point:x2}" : point < 0x10000 ? $"\\u{point:x4}" : $"\\U{point:x8}");
        }

        output.Append(quote);
    }

    private static void Write(RenderContext context, TemplateValue value, StringBuilder output)
    {
        context.Step();
        context.Enter();
        switch (value)
        {
            case NoneValue:
                output.Append("None");
                break;
            case BooleanValue boolean:
                output.Append(boolean.Value ? "True" : "False");
                break;
            case IntegerValue integer:
                output.Append(integer.Value);
                break;
            case FloatValue real:
                output.Append(Number.Repr(real.Value));
                break;
            case StringValue text:
                context.Step(text.Text.Length / 8);
                output.Append(text.IsMarkup ? "Markup(" : "");
                WriteQuoted(text.Text, output);
                output.Append(text.IsMarkup ? ")" : "");
                break;
            case UndefinedValue:
                output.Append("Undefined");
                break;
            case ListValue list:
                WriteItems(context, list.Items, "[", "]", output);
                break;
            case TupleValue tuple:
                WriteItems(context, tuple.Items, "(", tuple.Items.Length == 1 ? ",)" : ")", output);
                break;
            case RangeValue range:
                output.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}{(range.Step == 1 ? "" : $", {range.Step}")})");
                break;
            case DictValue dict:
                WriteEntries(context, dict.Entries, output);
                break;
            case DictViewValue view:
                WriteItems(context, view.Items, $"{view.TypeName}([", "])", output);
                break;
            case NamespaceValue space:
                output.Append("<Namespace ");
                WriteEntries(context, space.Attributes.Select(a => KeyValuePair.Create(TemplateValue.From(a.Key), a.Value)), output);
                output.Append('>');
                break;
            case MacroValue macro:
                output.Append("<Macro '").Append(macro.Name).Append("'>");
                break;
            default:
                throw context.Error($"a {value.TypeName} has no text; it is to be gone through or called.");
        }

        if (output.Length > context.Options.MaxOutputLength)
            context.ReserveText(output.Length);
        context.Leave();
    }

    private static void WriteItems(
        RenderContext context, TemplateValue[] items, string open, string close, StringBuilder output)
    {
        output.Append(open);
        bool isFirst = true;
        foreach (TemplateValue item in items)
        {
            output.Append(isFirst ? "" : ", ");
            Write(context, item, output);
            isFirst = false;
        }

        output.Append(close);
    }

    private static void WriteEntries(RenderContext context, IEnumerable<KeyValuePair<TemplateValue, TemplateValue>> entries, StringBuilder output)
    {
        output.Append('{');
        bool isFirst = true;
        foreach ((TemplateValue key, TemplateValue value) in entries)
        {
            output.Append(isFirst ? "" : ", ");
            Write(context, key, output);
            output.Append(": ");
            Write(context, value, output);
            isFirst = false;
        }

        output.Append('}');
    }
}
