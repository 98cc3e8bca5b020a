using System.Text.Json;

namespace KernelFoundry.Training.Configuration;

/// <summary>Options as JSON: names in snake_case, comments and trailing commas allowed, unknown names refused.</summary>
public static class TrainingOptionsFile
{
    private const long MaximumBytes = 1 << 20;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The options.</returns>
    /// <exception cref="TrainingOptionsException">The file is no such JSON; the message names field and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingOptions Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (new FileInfo(path).Length > MaximumBytes)
            throw new TrainingOptionsException(path, $"is larger than the {MaximumBytes} bytes that options may have.");
        return Parse(File.ReadAllBytes(path));
    }

    /// <summary>Reads and checks JSON.</summary>
    /// <param name="json">UTF-8.</param>
    /// <returns>The options.</returns>
    /// <exception cref="TrainingOptionsException">It is no such JSON; the message names field and line.</exception>
    public static TrainingOptions Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            TrainingOptions options = JsonSerializer.Deserialize(json, TrainingJson.Readable.TrainingOptions)
                ?? throw new TrainingOptionsException("options", "are null.");
            options.Validate();
            return options;
        }
        catch (JsonException error)
        {
            string field = error.Path is { Length: > 2 } path ? path[2..] : "options";
            throw new TrainingOptionsException(field, $"line {error.LineNumber + 1}: {FirstSentence(error.Message)}", error);
        }
        catch (NotSupportedException error)
        {
            throw new TrainingOptionsException("schedule", "needs a \"kind\" first: constant, cosine or sequence.", error);
        }
    }

    /// <summary>Options as JSON, which <see cref="Parse"/> reads back to equal ones.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isIndented">On lines of their own.</param>
    /// <returns>The JSON.</returns>
    public static string Format(TrainingOptions options, bool isIndented = false) =>
        JsonSerializer.Serialize(options, (isIndented ? TrainingJson.Indented : TrainingJson.Readable).TrainingOptions);

    // The rest repeats path and line.
    private static string FirstSentence(string message) => message.Split(" Path:", 2)[0];
}
