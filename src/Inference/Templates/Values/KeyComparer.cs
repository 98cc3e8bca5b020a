namespace KernelFoundry.Inference.Templates.Values;

/// <summary>
/// Which keys are the same: 1, 1.0 and true are, as in Python. Keys are scalars, texts and tuples of those; a tuple inside a tuple would let
/// a short template make a key that takes forever to look at.
/// </summary>
internal sealed class KeyComparer : IEqualityComparer<TemplateValue>
{
    public static KeyComparer Instance { get; } = new();

    /// <summary>Whether a value can be a key.</summary>
    public static bool IsKey(TemplateValue value) => value is TupleValue tuple ? Array.TrueForAll(tuple.Items, IsScalar) : IsScalar(value);

    public bool Equals(TemplateValue? x, TemplateValue? y) => (x, y) switch
    {
        (StringValue a, StringValue b) => a.Text == b.Text,
        (TupleValue a, TupleValue b) => a.Items.AsSpan().SequenceEqual(b.Items, this),
        (UndefinedValue, UndefinedValue) => true,
        _ when Number.TryFrom(x, out Number a) && Number.TryFrom(y, out Number b) => a.CompareTo(b) == 0,
        _ => ReferenceEquals(x, y),
    };

    public int GetHashCode(TemplateValue value)
    {
        var hash = default(HashCode);
        foreach (TemplateValue part in value is TupleValue tuple ? tuple.Items : [value])
        {
            // Randomised: a template cannot make keys that collide.
            if (part is StringValue text)
                hash.Add(text.Text);
            else if (Number.TryFrom(part, out Number number))
                AddNumber(ref hash, number);
            else
                hash.Add(part.TypeName);
        }

        return hash.ToHashCode();
    }

    // Equal numbers hash alike, whatever their type.
    private static void AddNumber(ref HashCode hash, Number number)
    {
        double real = number.ToDouble();
        if (number.IsFloat && Math.Floor(real) == real && Math.Abs(real) < 9e18)
            hash.Add((long)real);
        else if (number.IsFloat)
            hash.Add(real);
        else
            hash.Add(number.Integer);
    }

    private static bool IsScalar(TemplateValue value) => value is StringValue or IntegerValue or BooleanValue or FloatValue or NoneValue or UndefinedValue;
}
