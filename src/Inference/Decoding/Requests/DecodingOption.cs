namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// An option of the decoding stack by name: a row of <see cref="DecodingOptionTable"/>. Flags of <c>kf generate</c>, its help, additional properties of chat requests and
/// the index of the documentation are made of it.
/// </summary>
public abstract class DecodingOption
{
    private protected DecodingOption(string name, string value, string description, string page) =>
        (Name, Value, Description, Page) = (name, value, description, page);

    /// <summary>Its name in requests, such as <c>top_p</c>.</summary>
    public string Name { get; }

    /// <summary>Its flag on a command line, such as <c>--top-p</c>.</summary>
    public required string Flag { get; init; }

    /// <summary>What its value is called in help; empty for a switch.</summary>
    public string Value { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string Description { get; }

    /// <summary>Its page in <c>docs/decoding</c>, without the ending.</summary>
    public string Page { get; }

    /// <summary>Whether it is there or not, without a value.</summary>
    public bool IsSwitch => Value.Length == 0;

    /// <summary>Whether it can be given several times, or as a list.</summary>
    public abstract bool IsList { get; }

    /// <summary>The words it takes, where it takes no others; else null.</summary>
    public abstract IReadOnlyList<string>? Words { get; }

    /// <summary>Its value where it is not given, as text; null for none.</summary>
    public string? Standard => ValueIn(new DecodingRequest());

    /// <summary>Whether a command line names a file that has its value.</summary>
    public bool IsFile { get; init; }

    /// <summary>The property of chat requests that has its value, where it is not an additional one.</summary>
    public string? ChatProperty { get; init; }

    /// <summary>Why no chat can have it; null where one can.</summary>
    public string? NotInChat { get; init; }

    /// <summary>Why chat requests cannot have it, but a command line can; null where they can.</summary>
    public string? NotInRequests { get; init; }

    /// <summary>Its value in a request, as text; null for none.</summary>
    /// <param name="request">The request.</param>
    public abstract string? ValueIn(DecodingRequest request);

    /// <summary>A request with it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="value">Its value: a text as on a command line, a number, boolean, list, dictionary or JSON.</param>
    /// <param name="sources">What it is read with.</param>
    /// <exception cref="ArgumentException">The value is none for it; the message names it.</exception>
    public abstract DecodingRequest Apply(DecodingRequest request, object value, OptionSources sources);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
