using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Values as Python's <c>json.dumps</c> writes them.</summary>
internal sealed class PythonJson
{
    private readonly RenderContext _context;
    private readonly StringBuilder _output = new();
    private readonly bool _escapesNonAscii;
    private readonly bool _sortsKeys;
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;
    private int _depth;

    private PythonJson(RenderContext context, bool escapesNonAscii, TemplateValue? indent, TemplateValue? separators, bool sortsKeys)
    {
        _context = context;
        _escapesNonAscii = escapesNonAscii;
        _sortsKeys = sortsKeys;
        _indent = indent switch
        {
            null or NoneValue => null,
            StringValue text => text.Text,
            _ when Number.TryFrom(indent, out Number n) && !n.IsFloat => PythonString.Repeat(context, " ", n.Integer),
            _ => throw context.Error("an indent is an integer or a text."),
        };
        (_itemSeparator, _keySeparator) = separators switch
        {
            null => (_indent is null ? ", " : ",", ": "),
            _ when Iteration.Items(context, separators) is [StringValue item, StringValue key] => (item.Text, key.Text),
            _ => throw context.Error("separators are two texts."),
        };
    }

    /// <summary>The JSON of a value.</summary>
    /// <param name="context">The rendering.</param>
    /// <param name="value">The value.</param>
    /// <param name="escapesNonAscii">Write characters beyond ASCII as escapes.</param>
    /// <param name="indent">Spaces a level, or the text of a level; null or none for one line.</param>
    /// <param name="separators">Two texts, between items and after keys; null for the usual ones.</param>
    /// <param name="sortsKeys">Keys in alphabetic order.</param>
    /// <exception cref="TemplateException">A value has no JSON.</exception>
    public static TemplateValue Write(
        RenderContext context, TemplateValue value, bool escapesNonAscii, TemplateValue? indent, TemplateValue? separators, bool sortsKeys)
    {
        var writer = new PythonJson(context, escapesNonAscii, indent, separators, sortsKeys);
        writer.Write(value);
        context.ReserveText(writer._output.Length);
        return TemplateValue.From(writer._output.ToString());
    }

    private void Write(TemplateValue value)
    {
        _context.Step();
        _context.Enter();
        switch (value)
        {
            case StringValue text:
                WriteText(text.Text);
                break;
            case ListValue list:
                WriteItems(list.Items);
                break;
            case TupleValue tuple:
                WriteItems(tuple.Items);
                break;
            case DictValue dict:
                WriteEntries(dict);
                break;
            default:
                _output.Append(Scalar(value) ?? throw _context.Error($"a {value.TypeName} has no JSON."));
                break;
        }

        if (_output.Length > _context.Options.MaxOutputLength)
            _context.ReserveText(_output.Length);
        _context.Leave();
    }

    private static string? Scalar(TemplateValue value) => value switch
    {
        NoneValue => "null",
        BooleanValue boolean => boolean.Value ? "true" : "false",
        IntegerValue integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        FloatValue { Value: double.PositiveInfinity } => "Infinity",
        FloatValue { Value: double.NegativeInfinity } => "-Infinity",
        FloatValue real => double.IsNaN(real.Value) ? "NaN" : Number.Repr(real.Value),
        _ => null,
    };

    private void WriteItems(TemplateValue[] items) => WriteBracketed('[', ']', items.Length, i => Write(items[i]));

    private void WriteEntries(DictValue dict)
    {
        IReadOnlyList<KeyValuePair<TemplateValue, TemplateValue>> entries = dict.Entries;
        if (_sortsKeys)
        {
            TemplateValue[] keys = Filters.StableSort.Sort(_context, [.. entries.Select(e => e.Key)], key => key, isReversed: false);
            entries = [.. keys.Select(key => KeyValuePair.Create(key, dict.Find(key)!))];
        }

        WriteBracketed('{', '}', entries.Count, i =>
        {
            TemplateValue key = entries[i].Key;
            WriteText((key as StringValue)?.Text ?? Scalar(key) ?? throw _context.Error($"a {key.TypeName} cannot be a key in JSON."));
            _output.Append(_keySeparator);
            Write(entries[i].Value);
        });
    }

    private void WriteBracketed(char open, char close, int count, Action<int> write)
    {
        _output.Append(open);
        _depth++;
        for (int i = 0; i < count; i++)
        {
            _output.Append(i > 0 ? _itemSeparator : "");
            WriteLineBreak();
            write(i);
        }

        _depth--;
        if (count > 0)
            WriteLineBreak();
        _output.Append(close);
    }

    private void WriteLineBreak()
    {
        if (_indent is null)
            return;
        _output.Append('\n');
        long length = _output.Length + ((long)_indent.Length * _depth);
        if (length > _context.Options.MaxOutputLength)
            _context.ReserveText(length);
        for (int i = 0; i < _depth; i++)
            _output.Append(_indent);
    }

    private void WriteText(string text)
    {
        _context.Step(text.Length / 8);
        _output.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => _output.Append("\\\""),
                '\\' => _output.Append("\\\\"),
                '\n' => _output.Append("\\n"),
                '\r' => _output.Append("\\r"),
                '\t' => _output.Append("\\t"),
                '\b' => _output.Append("\\b"),
                '\f' => _output.Append("\\f"),
                < ' ' => _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                > '~' when _escapesNonAscii => _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _output.Append(c),
            };
        }

        _output.Append('"');
    }
}
