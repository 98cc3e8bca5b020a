using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Syntax;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>The tests by name: what stands behind <c>is</c>.</summary>
internal static class TestTable
{
    public static IReadOnlyDictionary<string, NativeFunction> All { get; } = Tests().ToDictionary(t => t.Name, StringComparer.Ordinal);

    public static string Unknown(string name) =>
        $"there is no test '{(name.Length > 40 ? name[..40] : name)}'. There are: {string.Join(", ", All.Keys.Order(StringComparer.Ordinal))}.";

    private static IEnumerable<NativeFunction> Tests() =>
    [
        Test("defined", a => a[0] is not UndefinedValue),
        Test("undefined", a => a[0] is UndefinedValue),
        Test("none", a => a[0] is NoneValue),
        Test("boolean", a => a[0] is BooleanValue),
        Test("true", a => a[0] is BooleanValue { Value: true }),
        Test("false", a => a[0] is BooleanValue { Value: false }),
        Test("integer", a => a[0] is IntegerValue),
        Test("float", a => a[0] is FloatValue),
        Test("number", a => a[0] is IntegerValue or FloatValue or BooleanValue),
        Test("string", a => a[0] is StringValue),
        Test("mapping", a => a[0] is DictValue),
        Test("sequence", a => a[0] is StringValue or ListValue or TupleValue or DictValue or RangeValue or UndefinedValue),
        Test("iterable", a => Iteration.CanGoThrough(a[0])),
        Test("callable", a => a[0] is FunctionValue or UndefinedValue),
        Test("escaped", a => a[0] is StringValue { IsMarkup: true }),
        Test("lower", a => PythonString.HasCase(a.Context, a.Text(0), char.IsLower, char.IsUpper)),
        Test("upper", a => PythonString.HasCase(a.Context, a.Text(0), char.IsUpper, char.IsLower)),
        Test("odd", a => IsEqual(a.Context, Remainder(a, TemplateValue.From(2)), 1)),
        Test("even", a => IsEqual(a.Context, Remainder(a, TemplateValue.From(2)), 0)),
        Test("divisibleby", "value num", a => IsEqual(a.Context, Remainder(a, a[1]), 0)),
        Test("sameas", "value other", IsSame),
        Test("in", "value seq", a => Comparison.Contains(a.Context, a[1], a[0])),
        Test("filter", a => a[0] is StringValue name && FilterTable.All.ContainsKey(name.Text)),
        Test("test", a => a[0] is StringValue name && All.ContainsKey(name.Text)),
        .. Ordered(["==", "eq", "equalto"], a => Comparison.AreEqual(a.Context, a[0], a[1])),
        .. Ordered(["!=", "ne"], a => !Comparison.AreEqual(a.Context, a[0], a[1])),
        .. Ordered([">", "gt", "greaterthan"], a => Comparison.Order(a.Context, a[0], a[1]) > 0),
        .. Ordered([">=", "ge"], a => Comparison.Order(a.Context, a[0], a[1]) >= 0),
        .. Ordered(["<", "lt", "lessthan"], a => Comparison.Order(a.Context, a[0], a[1]) < 0),
        .. Ordered(["<=", "le"], a => Comparison.Order(a.Context, a[0], a[1]) <= 0),
    ];

    private static NativeFunction Test(string name, Func<BoundArguments, bool> holds) => Test(name, "value", holds);

    private static NativeFunction Test(string name, string parameters, Func<BoundArguments, bool> holds) =>
        new(name, parameters, a => TemplateValue.From(holds(a)));

    private static IEnumerable<NativeFunction> Ordered(string[] names, Func<BoundArguments, bool> holds) =>
        names.Select(name => Test(name, "value other", holds));

    private static TemplateValue Remainder(BoundArguments a, TemplateValue divisor) =>
        Arithmetic.Apply(a.Context, BinaryOperator.Remainder, a[0], divisor);

    private static bool IsEqual(RenderContext context, TemplateValue value, long number) =>
        Comparison.AreEqual(context, value, TemplateValue.From(number));

    // Identity, which scalars have by value here: Python promises it for none, true and false alone.
    private static bool IsSame(BoundArguments a) => (a[0], a[1]) switch
    {
        (IntegerValue x, IntegerValue y) => x.Value == y.Value,
        (StringValue x, StringValue y) => x.Text == y.Text,
        _ => ReferenceEquals(a[0], a[1]),
    };
}
