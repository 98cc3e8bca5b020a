using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Configuration;

/// <summary>
/// How the trainer's records become JSON and back, without reflection. Options have properties that can be set: of those that can only be initialized, generated
/// code sets all, and the defaults of those that are absent would be lost.
/// </summary>
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
    // Not yet: Default is made after what stands here.
    private static readonly Lazy<TrainingJson> s_readable = new(() => Create(isIndented: false));
    private static readonly Lazy<TrainingJson> s_indented = new(() => Create(isIndented: true));

    /// <summary>With text as people write it: only what JSON itself needs is escaped.</summary>
    public static TrainingJson Readable => s_readable.Value;

    /// <summary>The same on lines of their own.</summary>
    public static TrainingJson Indented => s_indented.Value;

    private static TrainingJson Create(bool isIndented) =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = isIndented });
}
