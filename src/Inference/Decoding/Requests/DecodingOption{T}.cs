namespace KernelFoundry.Inference.Decoding;

/// <summary>An option whose value is of a type.</summary>
internal sealed class DecodingOption<T>(
    string name, string value, string description, string page, OptionKind<T> kind, Func<DecodingRequest, T> get, Func<DecodingRequest, T, DecodingRequest> set)
    : DecodingOption(name, value, description, page)
{
    public override bool IsList => kind.IsList;

    public override IReadOnlyList<string>? Words => kind.Words;

    public override string? ValueIn(DecodingRequest request) => kind.Show?.Invoke(get(request));

    public override DecodingRequest Apply(DecodingRequest request, object value, OptionSources sources)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(sources);
        T read;
        try
        {
            read = kind.Read(OptionValue.Plain(value), sources);
        }
        catch (WrongValueException error)
        {
            throw new ArgumentException($"{sources.NameOf(this)} is '{OptionValue.Show(value)}'; it must be {error.Expected ?? kind.Expected}.", error);
        }
        catch (Exception error) when (error is GrammarException or ArgumentException)
        {
            throw new ArgumentException($"{sources.NameOf(this)} cannot be used: {error.Message.ReplaceLineEndings(" ")}", error);
        }

        return set(request, read);
    }
}
