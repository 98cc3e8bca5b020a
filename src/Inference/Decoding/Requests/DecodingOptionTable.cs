namespace KernelFoundry.Inference.Decoding;

/// <summary>Every option of the decoding stack that has a name. Command lines, chat requests, help and the documentation's index are made of this table.</summary>
public static class DecodingOptionTable
{
    /// <summary>The options, in groups.</summary>
    public static IReadOnlyList<DecodingOptionGroup> Groups { get; } =
    [
        TextRows.Length, SamplingRows.Temperature, SamplingRows.Penalties, SamplingRows.Truncations, GuidanceRows.Group, StructureRows.Group, SearchRows.Group, DraftRows.Group, TextRows.Measures,
    ];

    /// <summary>The options, by name.</summary>
    public static IReadOnlyDictionary<string, DecodingOption> Options { get; } = Groups.SelectMany(group => group.Options).ToDictionary(option => option.Name);

    /// <summary>Reads options into a request and checks what they come to.</summary>
    /// <param name="given">The options with their values, each once.</param>
    /// <param name="sources">What they are read with.</param>
    /// <param name="standard">What holds where they say nothing else; null for the defaults. Its pipeline is <see cref="Generation.GenerationOptions.Decoding"/>.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ArgumentException">A value is none for its option, is out of its range or does not fit the model, or options contradict each other: the message names them.</exception>
    public static DecodingRequest Read(IReadOnlyList<(DecodingOption Option, object Value)> given, OptionSources sources, DecodingRequest? standard = null)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(sources);
        if (Error(given, sources, standard, out DecodingRequest? request) is not { } error)
            return request!;

        // To blame is what the error does not go without.
        List<(DecodingOption Option, object Value)> blamed = [.. given];
        foreach ((DecodingOption Option, object Value) each in given)
        {
            blamed.Remove(each);
            if (Error(blamed, sources, standard, out _)?.Message != error.Message)
                blamed.Add(each);
        }

        string[] names = [.. given.Where(blamed.Contains).Select(each => sources.NameOf(each.Option)).Where(name => !error.Message.Contains(name, StringComparison.Ordinal))];
        throw names.Length == 0 ? error : new ArgumentException($"{string.Join(" and ", names)}: {error.Message.ReplaceLineEndings(" ")}", error);
    }

    private static ArgumentException? Error(IReadOnlyList<(DecodingOption Option, object Value)> given, OptionSources sources, DecodingRequest? standard, out DecodingRequest? request)
    {
        request = null;
        try
        {
            request = given.Aggregate(standard ?? new DecodingRequest(), (sofar, each) => each.Option.Apply(sofar, each.Value, sources));
            request.Validate(sources.Model);
            return null;
        }
        catch (ArgumentException error)
        {
            return error;
        }
    }
}
