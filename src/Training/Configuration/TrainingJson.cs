using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Configuration;

/// <summary>How the trainer's records become JSON and back, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    AllowOutOfOrderMetadataProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = false)]
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(TaskQuestion))]
internal sealed partial class TrainingJson : JsonSerializerContext
{
    /// <summary>With text as people write it: only what JSON itself needs is escaped.</summary>
    public static TrainingJson Readable { get; } = Create(isIndented: false);

    /// <summary>The same on lines of their own.</summary>
    public static TrainingJson Indented { get; } = Create(isIndented: true);

    private static TrainingJson Create(bool isIndented) =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = isIndented });
}
