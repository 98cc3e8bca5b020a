using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KernelFoundry.Cli.Chat;

namespace KernelFoundry.Cli.Output;

/// <summary>How the tool's objects become JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(GenerateOutput))]
[JsonSerializable(typeof(PromptErrorOutput))]
[JsonSerializable(typeof(SearchOutput))]
[JsonSerializable(typeof(BenchOutput))]
[JsonSerializable(typeof(KernelBenchOutput))]
[JsonSerializable(typeof(LogitsOutput))]
[JsonSerializable(typeof(TokenizeOutput))]
[JsonSerializable(typeof(TokenizerTrainOutput))]
[JsonSerializable(typeof(TokenizerBenchOutput))]
[JsonSerializable(typeof(InspectOutput))]
[JsonSerializable(typeof(EmbedOutput))]
[JsonSerializable(typeof(QuantizeOutput))]
[JsonSerializable(typeof(PerplexityOutput))]
[JsonSerializable(typeof(DevicesOutput))]
[JsonSerializable(typeof(KernelsOutput))]
[JsonSerializable(typeof(TrainOutput))]
[JsonSerializable(typeof(TuneOutput))]
[JsonSerializable(typeof(SavedMessage[]))]
internal sealed partial class KfJson : JsonSerializerContext
{
    private static readonly Lazy<KfJson> s_readable = new(Readable);

    /// <summary>Prints one object on one line.</summary>
    public static void Print<T>(T value, Func<KfJson, JsonTypeInfo<T>> type) => Console.Out.WriteLine(Text(value, type));

    /// <summary>One object on one line.</summary>
    public static string Text<T>(T value, Func<KfJson, JsonTypeInfo<T>> type) => JsonSerializer.Serialize(value, type(s_readable.Value));

    // Text is for people and programs, not for a web page: only what JSON itself needs is escaped.
    private static KfJson Readable() =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
