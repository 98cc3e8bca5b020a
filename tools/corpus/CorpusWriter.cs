using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KernelFoundry.Corpus;

/// <summary>Writes a corpus: one JSON object a line, in files by split and by task.</summary>
public static partial class CorpusWriter
{
    // Read by people too: only what JSON itself needs is escaped.
    private static readonly Json s_json = new(new JsonSerializerOptions(Json.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes documents of one split until they are long enough: <c>{"kind": ..., "text": ...}</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="seed">Same seed, same bytes.</param>
    /// <param name="split">The split.</param>
    /// <param name="textBytes">Least length of all texts together, in bytes.</param>
    /// <returns>How many documents of each kind were written and their bytes.</returns>
    public static IReadOnlyDictionary<string, (long Documents, long Bytes)> Write(Stream stream, ulong seed, CorpusSplit split, long textBytes)
    {
        var counts = DocumentKinds.Names.ToDictionary(name => name, _ => (Documents: 0L, Bytes: 0L), StringComparer.Ordinal);
        long bytes = 0;
        for (long index = 0; bytes < textBytes; index++)
        {
            Document document = DocumentKinds.Draw(seed, split, index);
            long length = Encoding.UTF8.GetByteCount(document.Text);
            bytes += length;
            (long documents, long before) = counts[document.Kind];
            counts[document.Kind] = (documents + 1, before + length);
            WriteLine(stream, JsonSerializer.SerializeToUtf8Bytes(new Line(document.Kind, document.Text), s_json.Line));
        }

        return counts;
    }

    /// <summary>Writes texts of the train split as they are, without the names of control tokens: what a tokenizer learns from.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="seed">Same seed, same bytes.</param>
    /// <param name="textBytes">Least length, in bytes.</param>
    public static void WriteText(Stream stream, ulong seed, long textBytes)
    {
        long bytes = 0;
        for (long index = 0; bytes < textBytes; index++)
        {
            string text = DocumentKinds.Draw(seed, CorpusSplit.Train, index).Text;
            foreach (string name in Chat.ControlTokens)
                text = text.Replace(name, "", StringComparison.Ordinal);
            byte[] encoded = Encoding.UTF8.GetBytes(text + "\n");
            stream.Write(encoded);
            bytes += encoded.Length;
        }
    }

    /// <summary>Writes a task: <c>{"task": ..., "check": ..., "prompt": ..., "expected": ...}</c>.</summary>
    public static void WriteTasks(Stream stream, ulong seed, string task, int count)
    {
        foreach ((CorpusTask item, _) in TaskWriter.Draw(seed, task, count))
            WriteLine(stream, JsonSerializer.SerializeToUtf8Bytes(item, s_json.CorpusTask));
    }

    private static void WriteLine(Stream stream, byte[] json)
    {
        stream.Write(json);
        stream.WriteByte((byte)'\n');
    }

    private sealed record Line(string Kind, string Text);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Line))]
    [JsonSerializable(typeof(CorpusTask))]
    private sealed partial class Json : JsonSerializerContext;
}
