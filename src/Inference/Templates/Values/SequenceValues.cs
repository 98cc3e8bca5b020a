namespace KernelFoundry.Inference.Templates.Values;

internal sealed class ListValue(TemplateValue[] items) : TemplateValue
{
    public TemplateValue[] Items { get; } = items;

    internal override string TypeName => "list";

    internal override bool IsTrue => Items.Length > 0;
}

internal sealed class TupleValue(params TemplateValue[] items) : TemplateValue
{
    public TemplateValue[] Items { get; } = items;

    /// <summary>Names of the items, where they have any: those of <c>groupby</c>.</summary>
    public string[] Names { get; init; } = [];

    internal override string TypeName => "tuple";

    internal override bool IsTrue => Items.Length > 0;
}

/// <summary><c>range(...)</c>: integers at even distances.</summary>
internal sealed class RangeValue(long start, long step, int count) : TemplateValue
{
    public long Start { get; } = start;

    public long Step { get; } = step;

    public int Count { get; } = count;

    /// <summary>Where it was told to stop.</summary>
    public required long Stop { get; init; }

    internal override string TypeName => "range";

    internal override bool IsTrue => Count > 0;

    public TemplateValue At(int index) => From(Start + (index * Step));
}

/// <summary>What can be gone through once and nothing else: the result of <c>map</c>, <c>select</c> and the like.</summary>
internal sealed class IteratorValue(TemplateValue[] items) : TemplateValue
{
    private int _next;

    internal override string TypeName => "generator";

    /// <summary>The items that are left, which are gone then.</summary>
    public TemplateValue[] Take()
    {
        TemplateValue[] left = _next == 0 ? items : items[_next..];
        _next = items.Length;
        return left;
    }

    /// <summary>The next item, or null.</summary>
    public TemplateValue? Next() => _next < items.Length ? items[_next++] : null;
}
