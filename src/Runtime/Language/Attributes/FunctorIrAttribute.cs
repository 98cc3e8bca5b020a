namespace KernelFoundry;

/// <summary>Carries the IR of a functor struct or quantization format in its assembly.</summary>
/// <param name="type">The full metadata name of the struct.</param>
/// <param name="text">The IR, as text.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class FunctorIrAttribute(string type, string text) : Attribute
{
    /// <summary>The full metadata name of the struct.</summary>
    public string Type { get; } = type;

    /// <summary>The IR, as text.</summary>
    public string Text { get; } = text;
}
