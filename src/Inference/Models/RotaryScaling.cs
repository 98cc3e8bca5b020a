using System.Text;

namespace KernelFoundry.Inference.Models;

/// <summary>How a file says its context was extended by changing the rotary frequencies.</summary>
/// <param name="Scale">What positions are multiplied by. Chen et al., "Position Interpolation", 2023.</param>
/// <param name="Yarn">What YaRN changes of that; null for nothing.</param>
/// <param name="Magnitude">What turned queries and keys are multiplied by.</param>
/// <param name="OriginalContext">Context before the extension where that decides between divisors; otherwise 0.</param>
internal readonly record struct RotaryScaling(float Scale, YarnScaling? Yarn, float Magnitude, int OriginalContext)
{
    public static RotaryScaling Read(MetadataSection section)
    {
        const string typeKey = "rope.scaling.type", originalKey = "rope.scaling.original_context_length";
        string type = section.Text(typeKey, "none");

        // Files from before the type was written have a factor alone.
        float magnitude = section.Positive("rope.scaling.attn_factor", 1f) * section.Positive("rope.scaling.yarn_attn_factor", 1f);
        return type switch
        {
            "none" when !section.Has(typeKey) => new(1f / section.Positive("rope.scaling.factor", section.Positive("rope.scale_linear", 1f)), null, magnitude, section.Count(originalKey, absent: 0)),
            "none" or "longrope" => new(1f, null, magnitude, section.Count(originalKey, absent: 0)),
            "linear" => new(1f / section.Positive("rope.scaling.factor"), null, magnitude, section.Count(originalKey, absent: 0)),
            "yarn" => new(1f / section.Positive("rope.scaling.factor"), Yarn(), magnitude, 0),
            _ => throw section.Error(typeKey, InvalidModelException.Quote(Encoding.UTF8.GetBytes(type)), "'none', 'linear', 'yarn' or 'longrope'"),
        };

        YarnScaling Yarn() => new(
            section.Count(originalKey, section.Count("context_length")),
            section.NotNegative("rope.scaling.yarn_ext_factor", 1f),
            section.Positive("rope.scaling.yarn_beta_fast", 32f),
            section.Positive("rope.scaling.yarn_beta_slow", 1f),
            section.NotNegative("rope.scaling.yarn_log_multiplier", 0f));
    }
}
