namespace KernelFoundry.Inference.Templates.Values;

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
