namespace KernelFoundry.Inference.Templates.Values;

/// <summary>A dictionary, in the order its keys were first set.</summary>
internal sealed class DictValue : TemplateValue
{
    private readonly Dictionary<TemplateValue, int> _places;

    public DictValue(IReadOnlyList<KeyValuePair<TemplateValue, TemplateValue>> entries, Dictionary<TemplateValue, int> places)
    {
        Entries = entries;
        _places = places;
    }

    public IReadOnlyList<KeyValuePair<TemplateValue, TemplateValue>> Entries { get; }

    internal override string TypeName => "dict";

    internal override bool IsTrue => Entries.Count > 0;

    /// <summary>The value of a key, or null. The key must be one that can be: see <see cref="KeyComparer.IsKey"/>.</summary>
    public TemplateValue? Find(TemplateValue key) => _places.TryGetValue(key, out int place) ? Entries[place].Value : null;
}
