using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>Arguments by place, and what a built-in function asks of them.</summary>
internal sealed class BoundArguments(
    RenderContext context,
    string callee,
    TemplateValue?[] values,
    TemplateValue[] rest,
    IReadOnlyList<KeyValuePair<string, TemplateValue>> named)
{
    public RenderContext Context => context;

    public string Callee => callee;

    /// <summary>Positional arguments beyond the parameters.</summary>
    public TemplateValue[] Rest => rest;

    /// <summary>Named arguments that are no parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, TemplateValue>> Named => named;

    /// <summary>A required argument.</summary>
    public TemplateValue this[int index] => values[index]!;

    /// <summary>An optional argument, or null.</summary>
    public TemplateValue? Optional(int index) => values[index];

    /// <summary>An optional argument; null if it is absent or none.</summary>
    public TemplateValue? Given(int index) => values[index] is NoneValue ? null : values[index];

    /// <summary>Whatever it is as text.</summary>
    public string Text(int index) => PythonText.Str(context, this[index]);

    /// <summary>Whatever it is as text, or something else if it is absent or none.</summary>
    public string Text(int index, string absent) => Given(index) is { } value ? PythonText.Str(context, value) : absent;

    /// <summary>A text and nothing else.</summary>
    public StringValue String(int index) => values[index] as StringValue ?? throw Wrong(index, "a text");

    /// <summary>A text and nothing else, or null if it is absent or none.</summary>
    public string? OptionalString(int index) => Given(index) is null ? null : String(index).Text;

    public long Integer(int index) =>
        Number.TryFrom(values[index], out Number number) && !number.IsFloat ? number.Integer : throw Wrong(index, "an integer");

    public long Integer(int index, long absent) => Given(index) is null ? absent : Integer(index);

    /// <summary>An integer no text or sequence is longer than.</summary>
    public int Count(int index, int absent)
    {
        long count = Integer(index, absent);
        return count <= context.Options.MaxOutputLength
            ? (int)Math.Max(count, int.MinValue)
            : throw context.Error($"{callee}: {count} is too many.");
    }

    public bool Flag(int index, bool absent = false) => values[index]?.IsTrue ?? absent;

    /// <summary>What a loop over the argument sees.</summary>
    public TemplateValue[] Items(int index) => Iteration.Items(context, this[index]);

    public TemplateException Error(string reason) => context.Error($"{callee}: {reason}");

    private TemplateException Wrong(int index, string expected) =>
        values[index] is UndefinedValue missing ? context.Error(missing.Reason) : Error($"expected {expected}, not a {values[index]!.TypeName}.");
}
