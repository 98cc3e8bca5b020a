namespace KernelFoundry.Inference.Decoding;

/// <summary>What the value of an option is.</summary>
/// <param name="Expected">In words, for errors.</param>
/// <param name="Read">Reads it; throws <see cref="WrongValueException"/> where it is none, with words of its own where those of the kind will not do.</param>
internal sealed record OptionKind<T>(string Expected, Func<object, OptionSources, T> Read)
{
    /// <summary>Whether it is a list.</summary>
    public bool IsList { get; init; }

    /// <summary>The words it can be; null where it is no word.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>How a value where it is not given is shown; null where it is not.</summary>
    public Func<T, string?>? Show { get; init; }
}
