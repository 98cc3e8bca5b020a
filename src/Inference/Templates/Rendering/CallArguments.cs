namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>The values a call passes.</summary>
internal sealed record CallArguments(IReadOnlyList<TemplateValue> Positional, IReadOnlyList<KeyValuePair<string, TemplateValue>> Named)
{
    public static CallArguments Empty { get; } = new([], []);

    public CallArguments WithFirst(TemplateValue first) => new([first, .. Positional], Named);
}
