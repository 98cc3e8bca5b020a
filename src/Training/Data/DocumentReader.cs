using System.Text;
using System.Text.Json;

namespace KernelFoundry.Training.Data;

/// <summary>
/// Reads documents from files: of <c>.jsonl</c>, each line is an object whose property <c>text</c> is a document (others are left alone); any other file is one
/// document. Files are read line by line and may be wrong in any way.
/// </summary>
public static class DocumentReader
{
    /// <summary>Most bytes of a document, and of a line.</summary>
    public const int MaximumBytes = 1 << 26;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The documents of a file, in order; empty ones are left out.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The texts.</returns>
    /// <exception cref="TrainingDataException">A line is not as it must be.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<string> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? ReadLines(path) : ReadWhole(path);
    }

    /// <summary>The lines of a file with their numbers, from 1; blank ones are left out.</summary>
    internal static IEnumerable<(long Number, byte[] Line)> Lines(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using var buffered = new BufferedStream(stream, 1 << 16);
        var line = new MemoryStream();
        long number = 1;
        for (int next = buffered.ReadByte(); next >= 0; next = buffered.ReadByte())
        {
            if (next == '\n')
            {
                if (line.Length > 0)
                    yield return (number, line.ToArray());
                line.SetLength(0);
                number++;
                continue;
            }

            if (line.Length >= MaximumBytes)
                throw new TrainingDataException(path, number, $"is longer than {MaximumBytes} bytes.");
            if (next != '\r')
                line.WriteByte((byte)next);
        }

        if (line.Length > 0)
            yield return (number, line.ToArray());
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        foreach ((long number, byte[] line) in Lines(path))
        {
            string text = TextOf(path, number, line);
            if (text.Length > 0)
                yield return text;
        }
    }

    private static string TextOf(string path, long number, byte[] line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new TrainingDataException(path, number, $"is {json.RootElement.ValueKind}; it must be an object with a \"text\".");
            if (!json.RootElement.TryGetProperty("text", out JsonElement text))
                throw new TrainingDataException(path, number, "has no \"text\".");
            if (text.ValueKind != JsonValueKind.String)
                throw new TrainingDataException(path, number, $"has a \"text\" that is {text.ValueKind}; it must be a string.");
            return text.GetString()!;
        }
        catch (JsonException error)
        {
            throw new TrainingDataException(path, number, $"is no JSON at byte {error.BytePositionInLine + 1}.", error);
        }
        catch (InvalidOperationException error)
        {
            // What a string of invalid UTF-8 gives.
            throw new TrainingDataException(path, number, "has a \"text\" that is not Unicode.", error);
        }
    }

    private static IEnumerable<string> ReadWhole(string path)
    {
        if (new FileInfo(path).Length > MaximumBytes)
            throw new TrainingDataException(path, 0, $"is longer than the {MaximumBytes} bytes a document may have; give its documents as .jsonl.");
        byte[] bytes = File.ReadAllBytes(path);
        string text;
        try
        {
            text = s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            int line = bytes.AsSpan(0, Math.Clamp(error.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
            throw new TrainingDataException(path, line, "is not UTF-8.", error);
        }

        if (text.Length > 0)
            yield return text;
    }
}
