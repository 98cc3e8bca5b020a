using System.Buffers;
using System.Text.Json;

namespace KernelFoundry;

/// <summary>Schedule entries as JSON, read and written token by token: no reflection, which Native AOT does not have.</summary>
internal static class ScheduleJson
{
    private const int Version = 1;

    /// <exception cref="JsonException">The text is not JSON, or not of this form.</exception>
    public static List<ScheduleEntry> Read(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        List<ScheduleEntry>? entries = null;
        int? version = null;
        Next(ref reader);
        Expect(ref reader, JsonTokenType.StartObject);
        while (Property(ref reader) is { } name)
        {
            if (name == "version")
                version = Number(ref reader, name);
            else if (name == "schedules")
                entries = Entries(ref reader);
            else
                reader.Skip();
        }

        if (version != Version)
            throw new JsonException($"It is of version {version?.ToString() ?? "none"}, not {Version}.");
        return !reader.Read() && entries is not null ? entries : throw new JsonException("It has no list of schedules.");
    }

    public static byte[] Write(IEnumerable<ScheduleEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteStartArray("schedules");
        foreach (ScheduleEntry entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("cpu", entry.Machine.Cpu);
            writer.WriteNumber("threads", entry.Machine.Threads);
            writer.WriteNumber("vector_bits", entry.Machine.VectorBits);
            writer.WriteString("kernel", entry.Kernel);
            writer.WriteString("types", entry.Types);
            writer.WriteString("parameter", entry.Parameter);
            writer.WriteNumber("value", entry.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static List<ScheduleEntry> Entries(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        var entries = new List<ScheduleEntry>();
        while (true)
        {
            Next(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray)
                return entries;
            entries.Add(Entry(ref reader));
        }
    }

    private static ScheduleEntry Entry(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        string? cpu = null, kernel = null, types = null, parameter = null;
        int? threads = null, bits = null, value = null;
        while (Property(ref reader) is { } name)
        {
            switch (name)
            {
                case "cpu":
                    cpu = Text(ref reader, name);
                    break;
                case "threads":
                    threads = Number(ref reader, name);
                    break;
                case "vector_bits":
                    bits = Number(ref reader, name);
                    break;
                case "kernel":
                    kernel = Text(ref reader, name);
                    break;
                case "types":
                    types = Text(ref reader, name);
                    break;
                case "parameter":
                    parameter = Text(ref reader, name);
                    break;
                case "value":
                    value = Number(ref reader, name);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return cpu is not null && kernel is not null && types is not null && parameter is not null && threads is { } t && bits is { } b && value is { } v
            ? new ScheduleEntry(new ScheduleMachine(cpu, t, b), kernel, types, parameter, v)
            : throw new JsonException("A schedule lacks cpu, threads, vector_bits, kernel, types, parameter or value.");
    }

    // The name of the next property, with the reader at its value; null at the end of the object.
    private static string? Property(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.EndObject)
            return null;
        Expect(ref reader, JsonTokenType.PropertyName);
        string name = String(ref reader);
        Next(ref reader);
        return name;
    }

    private static int Number(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int value) ? value : throw new JsonException($"'{name}' is not a whole number.");

    private static string Text(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.String ? String(ref reader) : throw new JsonException($"'{name}' is not a text.");

    private static string String(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("A text is not Unicode.", exception);
        }
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            throw new JsonException("It ends too early.");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (reader.TokenType != expected)
            throw new JsonException($"A {expected} is expected where a {reader.TokenType} stands, at byte {reader.TokenStartIndex}.");
    }
}
