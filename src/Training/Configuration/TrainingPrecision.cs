using System.Text.Json.Serialization;

namespace KernelFoundry.Training.Configuration;

/// <summary>What the weights are that the model computes with. Activations, sums, gradients, moments and the master weights are 32-bit floats either way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingPrecision>))]
public enum TrainingPrecision
{
    /// <summary>32-bit floats.</summary>
    [JsonStringEnumMemberName("f32")]
    Single,

    /// <summary>bfloat16, rounded from the master weights after each step (Micikevicius et al., "Mixed Precision Training", 2018, section 3.1).</summary>
    [JsonStringEnumMemberName("bf16")]
    BFloat16,
}
