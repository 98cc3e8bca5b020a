using System.Globalization;

namespace KernelFoundry.Inference.Models;

/// <summary>The sizes and constants of a model's mixtures of experts.</summary>
/// <param name="Count">Experts of a layer that are chosen from.</param>
/// <param name="Used">Experts a token goes through.</param>
/// <param name="FeedForwardLength">Width inside an expert.</param>
/// <param name="SharedLength">Width inside the experts that all tokens share, together; 0 for none.</param>
/// <param name="LeadingDense">Layers at the beginning that have none.</param>
/// <param name="Gate">What makes affinities of the router's logits.</param>
/// <param name="NormalizesWeights">Whether the weights of the chosen are divided by their sum.</param>
/// <param name="Scale">Factor of the weights.</param>
/// <param name="Groups">Groups that experts are in, one after the other.</param>
/// <param name="UsedGroups">Groups that a token's experts are chosen from. DeepSeek-V3, 2024, section 2.1.2.</param>
public sealed record ExpertConfiguration(
    int Count, int Used, int FeedForwardLength, int SharedLength, int LeadingDense, ExpertGate Gate, bool NormalizesWeights, float Scale, int Groups, int UsedGroups)
{
    internal static ExpertConfiguration? Read(MetadataSection section, ExpertRouting? routing, int embedding)
    {
        int count = section.CountOrNone("expert_count");
        if (count == 0)
            return null;
        if (routing is null)
            throw section.Error("expert_count", $"{count}", "0: this architecture has no mixtures of experts");
        int used = section.Count("expert_used_count");
        if (used > count)
            throw section.Error("expert_used_count", $"{used}", $"at most the {count} experts there are");
        int length = section.Has("expert_feed_forward_length") ? section.Count("expert_feed_forward_length") : section.Count("feed_forward_length");
        if ((long)count * Math.Max(length, embedding) > int.MaxValue)
            throw section.Error("expert_count", $"{count}", $"at most {int.MaxValue / Math.Max(length, embedding)} of such a size");
        int shared = section.Has("expert_shared_feed_forward_length") ? section.CountOrNone("expert_shared_feed_forward_length") : (int)Math.Min(int.MaxValue, (long)length * section.CountOrNone("expert_shared_count"));
        int groups = Math.Max(1, section.CountOrNone("expert_group_count")), usedGroups = Math.Max(1, section.CountOrNone("expert_group_used_count"));
        if (count % groups != 0)
            throw section.Error("expert_group_count", $"{groups}", $"a divisor of the number of experts, {count}");
        if (usedGroups > groups || used > count / groups * usedGroups)
            throw section.Error("expert_group_used_count", $"{usedGroups}", $"at most {groups} groups, with {used} experts in them");
        return new ExpertConfiguration(
            count, used, length, shared, section.CountOrNone("leading_dense_block_count"), GateOf(section, routing),
            section.Truth("expert_weights_norm", routing.NormalizesWeights), ScaleOf(section), groups, usedGroups);
    }

    // Files have a scale of 0 where there is none.
    private static float ScaleOf(MetadataSection section) => section.NotNegative("expert_weights_scale", 1) is var scale and > 0 ? scale : 1;

    private static ExpertGate GateOf(MetadataSection section, ExpertRouting routing)
    {
        const string key = "expert_gating_func";
        int gate = section.CountOrNone(key);
        return gate switch
        {
            0 => routing.Gate,
            1 => ExpertGate.Softmax,
            2 => ExpertGate.Sigmoid,
            3 when routing.NormalizesWeights => ExpertGate.Softmax,
            _ => throw section.Error(key, gate.ToString(CultureInfo.InvariantCulture), "1 (softmax) or 2 (sigmoid)"),
        };
    }
}
