namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Makes a dictionary.</summary>
internal sealed class DictBuilder
{
    private readonly List<KeyValuePair<TemplateValue, TemplateValue>> _entries = [];
    private readonly Dictionary<TemplateValue, int> _places = new(KeyComparer.Instance);

    /// <summary>Sets a value; a key that is there already keeps its place.</summary>
    public void Set(TemplateValue key, TemplateValue value)
    {
        if (_places.TryGetValue(key, out int place))
        {
            _entries[place] = new(_entries[place].Key, value);
            return;
        }

        _places.Add(key, _entries.Count);
        _entries.Add(new(key, value));
    }

    public DictValue Build() => new(_entries, _places);
}
