using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary><c>text % values</c></summary>
internal sealed class PrintfFormat
{
    private readonly RenderContext _context;
    private readonly string _format;
    private readonly TemplateValue[] _positional;
    private readonly DictValue? _named;
    private int _at;
    private int _next;

    private PrintfFormat(RenderContext context, string format, TemplateValue values)
    {
        _context = context;
        _format = format;
        _named = values as DictValue;
        _positional = values is TupleValue tuple ? tuple.Items : [values];
    }

    /// <exception cref="TemplateException">The format is broken, or values do not fit it.</exception>
    public static TemplateValue Format(RenderContext context, StringValue format, TemplateValue values) =>
        TemplateValue.From(new PrintfFormat(context, format.Text, values).Format());

    private string Format()
    {
        var output = new StringBuilder();
        while (_at < _format.Length)
        {
            int percent = _format.IndexOf('%', _at);
            int end = percent < 0 ? _format.Length : percent;
            output.Append(_format, _at, end - _at);
            _at = end;
            if (percent < 0)
                break;
            _at++;
            _context.Step();
            output.Append(Field());
            if (output.Length > _context.Options.MaxOutputLength)
                _context.ReserveText(output.Length);
        }

        if (_next < _positional.Length && _named is null && !(_positional is [UndefinedValue] or [ListValue]))
            throw _context.Error("there are more values than places in the format.");
        _context.ReserveText(output.Length);
        return output.ToString();
    }

    private string Field()
    {
        TemplateValue? named = null;
        if (Peek() == '(')
        {
            int close = _format.IndexOf(')', _at);
            if (close < 0 || _named is null)
                throw _context.Error(close < 0 ? "a name in the format has no end." : "the format has names, so that it takes a dictionary.");
            string name = _format[(_at + 1)..close];
            named = _named.Find(TemplateValue.From(name)) ?? throw _context.Error($"the format's '{name}' is not given.");
            _at = close + 1;
        }

        FormatSpec spec = Flags();
        int width = Size(named is null) ?? 0;
        if (width < 0)
            spec = spec with { Alignment = Alignment.Left, Fill = " " };
        int? precision = null;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, Size(named is null) ?? 0);
        }

        while (Peek() is 'h' or 'l' or 'L')
            _at++;
        char kind = _at < _format.Length ? _format[_at++] : throw _context.Error("the format ends in the middle of a place.");
        if (kind == '%')
            return "%";
        spec = spec with { Width = Math.Abs(width), Precision = precision, Kind = kind is 'i' or 'u' ? 'd' : kind };
        return Convert(spec, named ?? NextValue());
    }

    private FormatSpec Flags()
    {
        var spec = new FormatSpec();
        bool isLeft = false, isZero = false;
        for (; Peek() is '#' or '0' or '-' or ' ' or '+'; _at++)
        {
            char flag = Peek();
            isLeft |= flag == '-';
            isZero |= flag == '0';
            if (flag == '#')
                spec = spec with { IsAlternate = true };
            else if (flag == '+' || (flag == ' ' && spec.Sign != '+'))
                spec = spec with { Sign = flag };
        }

        return isLeft ? spec with { Alignment = Alignment.Left }
            : isZero ? spec with { Alignment = Alignment.AfterSign, Fill = "0" }
            : spec with { Alignment = Alignment.Right };
    }

    private int? Size(bool takesValues)
    {
        if (Peek() == '*' && takesValues)
        {
            _at++;
            return Number.TryFrom(NextValue(), out Number number) && !number.IsFloat
                ? (int)Math.Clamp(number.Integer, -int.MaxValue, int.MaxValue)
                : throw _context.Error("a width in a format is an integer.");
        }

        int start = _at;
        while (char.IsAsciiDigit(Peek()))
            _at++;
        if (start == _at)
            return null;
        return int.TryParse(_format.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            ? size
            : throw _context.Error("a width in the format is too large.");
    }

    private string Convert(FormatSpec spec, TemplateValue value)
    {
        switch (spec.Kind)
        {
            case 's':
                return Text(spec, PythonText.Str(_context, value));
            case 'r' or 'a':
                return Text(spec, PythonText.Repr(_context, value));
            case 'c' when value is StringValue { Length: 1 } character:
                return Text(spec with { Precision = null }, character.Text);
        }

        bool isInteger = spec.Kind is 'd' or 'x' or 'X' or 'o' or 'c';
        if (!isInteger && spec.Kind is not ('e' or 'E' or 'f' or 'F' or 'g' or 'G'))
            throw _context.Error($"the format has no conversion '{spec.Kind}'.");
        if (!Number.TryFrom(value, out Number number))
            throw _context.Error($"the format's '{spec.Kind}' takes a number, not a {value.TypeName}.");
        if (!isInteger)
            return spec.Format(_context, number.ToDouble());
        if (number.IsFloat && (spec.Kind != 'd' || !(Math.Abs(number.ToDouble()) < 9e18)))
            throw _context.Error($"the format's '{spec.Kind}' takes an integer, not {Number.Repr(number.ToDouble())}.");
        if (spec is { Kind: 'c', Alignment: Alignment.AfterSign })
            spec = spec with { Alignment = Alignment.Right, Fill = " " };
        return spec.Format(_context, number.IsFloat ? (long)number.ToDouble() : number.Integer);
    }

    // Zeros fill the fields of numbers only.
    private string Text(FormatSpec spec, string text) => spec.Alignment == Alignment.AfterSign
        ? (spec with { Alignment = Alignment.Right, Fill = " " }).Format(_context, text)
        : spec.Format(_context, text);

    private TemplateValue NextValue() =>
        _next < _positional.Length ? _positional[_next++] : throw _context.Error("there are fewer values than places in the format.");

    private char Peek() => _at < _format.Length ? _format[_at] : '\0';
}
