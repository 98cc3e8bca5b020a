namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>Variables by name, those of an inner scope before those of an outer one. Setting a variable sets it in this scope alone.</summary>
internal sealed class Scope(Scope? outer)
{
    private Dictionary<string, TemplateValue>? _variables;

    public TemplateValue? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables is { } variables && variables.TryGetValue(name, out TemplateValue? value))
                return value;
        }

        return null;
    }

    public void Set(string name, TemplateValue value) => (_variables ??= new(StringComparer.Ordinal))[name] = value;

    private Scope? Outer => outer;
}
