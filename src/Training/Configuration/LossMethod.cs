using System.Text.Json.Serialization;

namespace KernelFoundry.Training.Configuration;

/// <summary>How the loss over the vocabulary is computed. Both give the same loss.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LossMethod>))]
public enum LossMethod
{
    /// <summary>From logits in memory, a thousand tokens at a time: least arithmetic.</summary>
    [JsonStringEnumMemberName("plain")]
    Plain,

    /// <summary>Without logits in memory (Wijmans et al., "Cut Your Losses in Large-Vocabulary Language Models", 2025): they are computed three times.</summary>
    [JsonStringEnumMemberName("cut")]
    Cut,
}
