namespace KernelFoundry.Inference.Templates.Values;

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
