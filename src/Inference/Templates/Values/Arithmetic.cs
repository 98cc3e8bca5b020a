using KernelFoundry.Inference.Templates.Filters;
using KernelFoundry.Inference.Templates.Formatting;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Syntax;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Operators on numbers, texts and sequences as in Python. Integers beyond 64 bits are an error.</summary>
internal static class Arithmetic
{
    private static readonly Dictionary<BinaryOperator, string> s_symbols = new()
    {
        [BinaryOperator.Add] = "+",
        [BinaryOperator.Subtract] = "-",
        [BinaryOperator.Multiply] = "*",
        [BinaryOperator.Divide] = "/",
        [BinaryOperator.FloorDivide] = "//",
        [BinaryOperator.Remainder] = "%",
        [BinaryOperator.Power] = "**",
    };

    public static TemplateValue Apply(RenderContext context, BinaryOperator binary, TemplateValue left, TemplateValue right)
    {
        if (Number.TryFrom(left, out Number a) && Number.TryFrom(right, out Number b))
            return Apply(context, binary, a, b);
        return (binary, left, right) switch
        {
            (BinaryOperator.Remainder, StringValue x, _) => PrintfFormat.Format(context, x, right),
            (_, UndefinedValue x, _) => throw context.Error(x.Reason),
            (_, _, UndefinedValue x) => throw context.Error(x.Reason),
            (BinaryOperator.Add, StringValue x, StringValue y) => Add(context, x, y),
            (BinaryOperator.Add, ListValue x, ListValue y) => new ListValue(Join(context, x.Items, y.Items)),
            (BinaryOperator.Add, TupleValue x, TupleValue y) => new TupleValue(Join(context, x.Items, y.Items)),
            (BinaryOperator.Multiply, IntegerValue or BooleanValue, _) when Repeat(context, right, left) is { } repeated => repeated,
            (BinaryOperator.Multiply, _, IntegerValue or BooleanValue) when Repeat(context, left, right) is { } repeated => repeated,
            _ => throw context.Error($"{left.TypeName} {s_symbols[binary]} {right.TypeName} means nothing."),
        };
    }

    public static TemplateValue Apply(RenderContext context, UnaryOperator unary, TemplateValue operand)
    {
        if (operand is UndefinedValue missing)
            throw context.Error(missing.Reason);
        if (!Number.TryFrom(operand, out Number number))
            throw context.Error($"a {operand.TypeName} has no sign.");
        if (unary == UnaryOperator.Plus)
            return number.IsFloat ? TemplateValue.From(number.ToDouble()) : TemplateValue.From(number.Integer);
        return number.IsFloat ? TemplateValue.From(-number.ToDouble()) : Integer(context, -(Int128)number.Integer);
    }

    /// <summary>An integer, if it has no more than 64 bits.</summary>
    public static TemplateValue Integer(RenderContext context, Int128 value) => value >= long.MinValue && value <= long.MaxValue
        ? TemplateValue.From((long)value)
        : throw context.Error("an integer has more than 64 bits.");

    private static TemplateValue Apply(RenderContext context, BinaryOperator binary, Number a, Number b)
    {
        bool divides = binary is BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Remainder;
        if (divides && b.ToDouble() == 0)
            throw context.Error("division by zero.");
        if (binary == BinaryOperator.Power)
            return Power(context, a, b);
        if (a.IsFloat || b.IsFloat || binary == BinaryOperator.Divide)
            return TemplateValue.From(Apply(binary, a.ToDouble(), b.ToDouble()));
        Int128 x = a.Integer, y = b.Integer;
        return Integer(context, binary switch
        {
            BinaryOperator.Add => x + y,
            BinaryOperator.Subtract => x - y,
            BinaryOperator.Multiply => x * y,
            BinaryOperator.FloorDivide => (x - Remainder(x, y)) / y,
            _ => Remainder(x, y),
        });
    }

    // The remainder has the divisor's sign.
    private static Int128 Remainder(Int128 x, Int128 y)
    {
        Int128 remainder = x % y;
        return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder;
    }

    private static double Apply(BinaryOperator binary, double x, double y) => binary switch
    {
        BinaryOperator.Add => x + y,
        BinaryOperator.Subtract => x - y,
        BinaryOperator.Multiply => x * y,
        BinaryOperator.Divide => x / y,
        BinaryOperator.FloorDivide => FloorDivide(x, y),
        _ => Remainder(x, y),
    };

    private static double Remainder(double x, double y)
    {
        double remainder = x % y;
        if (remainder == 0)
            return Math.CopySign(0, y);
        return remainder < 0 != y < 0 ? remainder + y : remainder;
    }

    // Not the floor of the rounded quotient: 1 // 0.1 is 9.
    private static double FloorDivide(double x, double y)
    {
        double remainder = x % y;
        double quotient = (x - remainder) / y;
        if (remainder != 0 && remainder < 0 != y < 0)
            quotient -= 1;
        if (quotient == 0)
            return Math.CopySign(0, x / y);
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static TemplateValue Power(RenderContext context, Number a, Number b)
    {
        if (a.IsFloat || b.IsFloat || b.Integer < 0)
        {
            if (a.ToDouble() == 0 && b.ToDouble() < 0)
                throw context.Error("zero has no negative power.");
            if (a.ToDouble() < 0 && Math.Floor(b.ToDouble()) != b.ToDouble())
                throw context.Error("the power is a complex number.");
            double power = Math.Pow(a.ToDouble(), b.ToDouble());
            return double.IsInfinity(power) && double.IsFinite(a.ToDouble()) && double.IsFinite(b.ToDouble())
                ? throw context.Error("the power is too large.")
                : TemplateValue.From(power);
        }

        if (a.Integer is 0 or 1 || b.Integer == 0)
            return TemplateValue.From(b.Integer == 0 ? 1 : a.Integer);
        if (a.Integer == -1)
            return TemplateValue.From(b.Integer % 2 == 0 ? 1 : -1);
        Int128 result = 1;
        for (long i = 0; i < b.Integer && Int128.Abs(result) <= long.MaxValue; i++)
            result *= a.Integer;
        return Integer(context, result);
    }

    private static StringValue Add(RenderContext context, StringValue x, StringValue y)
    {
        bool isMarkup = x.IsMarkup || y.IsMarkup;
        string first = isMarkup ? Html.Escape(context, x) : x.Text;
        string second = isMarkup ? Html.Escape(context, y) : y.Text;
        context.ReserveText((long)first.Length + second.Length);
        return new StringValue(first + second, isMarkup);
    }

    private static TemplateValue[] Join(RenderContext context, TemplateValue[] x, TemplateValue[] y)
    {
        context.ReserveItems((long)x.Length + y.Length);
        return [.. x, .. y];
    }

    private static TemplateValue? Repeat(RenderContext context, TemplateValue value, TemplateValue times)
    {
        Number.TryFrom(times, out Number number);
        long count = Math.Max(0, number.Integer);
        switch (value)
        {
            case StringValue text:
                context.ReserveText((long)Int128.Min(long.MaxValue, (Int128)text.Text.Length * count));
                return new StringValue(string.Concat(Enumerable.Repeat(text.Text, text.Text.Length == 0 ? 0 : (int)count)), text.IsMarkup);
            case ListValue list:
                return new ListValue(Repeat(context, list.Items, count));
            case TupleValue tuple:
                return new TupleValue(Repeat(context, tuple.Items, count));
            default:
                return null;
        }
    }

    private static TemplateValue[] Repeat(RenderContext context, TemplateValue[] items, long count)
    {
        if (items.Length == 0)
            return items;
        context.ReserveItems((long)Int128.Min(long.MaxValue / 16, (Int128)items.Length * count));
        var all = new TemplateValue[items.Length * (int)count];
        for (int i = 0; i < all.Length; i += items.Length)
            items.CopyTo(all, i);
        return all;
    }
}
