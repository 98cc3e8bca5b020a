using System.Globalization;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>A drawn model's tensors as files had them until 2024: a tensor for each expert, and keys and values of latent attention in one.</summary>
internal static class OlderTensors
{
    /// <summary>Metadata that is other than in newer files; null leaves an entry out.</summary>
    public static Dictionary<string, object?> Metadata(Definition d) => d.Latent is not { } latent ? [] : new()
    {
        ["attention.head_count_kv"] = (uint)d.Heads,
        ["attention.key_length"] = (uint)(latent.Plain + latent.Turned),
        ["attention.value_length"] = (uint)latent.Value,
        ["attention.key_length_mla"] = null,
        ["attention.value_length_mla"] = null,
    };

    public static Dictionary<string, (float[] Values, long[] Dimensions)> Of(Definition d, Dictionary<string, (float[] Values, long[] Dimensions)> tensors)
    {
        var older = new Dictionary<string, (float[] Values, long[] Dimensions)>();
        foreach (var (name, (values, dimensions)) in tensors)
        {
            if (name.EndsWith("attn_k_b.weight", StringComparison.Ordinal))
                older[name.Replace("attn_k_b", "attn_kv_b", StringComparison.Ordinal)] = Joined(d, values, tensors[name.Replace("attn_k_b", "attn_v_b", StringComparison.Ordinal)].Values);
            else if (d.Latent is null && dimensions.Length == 3)
                Split(older, name, values, dimensions);
            else if (!name.EndsWith("attn_v_b.weight", StringComparison.Ordinal))
                older[name] = (values, dimensions);
        }

        return older;
    }

    /// <summary>Of each head the rows of its key, [plain, rank], then those of its value, [value, rank].</summary>
    public static (float[] Values, long[] Dimensions) Joined(Definition d, float[] keys, float[] values)
    {
        Latent l = d.Latent!;
        int rows = l.Plain + l.Value;
        var joined = new float[d.Heads * rows * l.Rank];
        for (int head = 0; head < d.Heads; head++)
        {
            for (int r = 0; r < l.Rank; r++)
            {
                for (int i = 0; i < l.Plain; i++)
                    joined[(((head * rows) + i) * l.Rank) + r] = keys[(((head * l.Rank) + r) * l.Plain) + i];
                for (int i = 0; i < l.Value; i++)
                    joined[(((head * rows) + l.Plain + i) * l.Rank) + r] = values[(((head * l.Value) + i) * l.Rank) + r];
            }
        }

        return (joined, [l.Rank, d.Heads * rows]);
    }

    private static void Split(Dictionary<string, (float[] Values, long[] Dimensions)> older, string name, float[] values, long[] dimensions)
    {
        int size = values.Length / (int)dimensions[2];
        for (int expert = 0; expert < dimensions[2]; expert++)
        {
            string own = name.Replace("_exps", string.Create(CultureInfo.InvariantCulture, $".{expert}"), StringComparison.Ordinal);
            older[own] = (values[(expert * size)..((expert + 1) * size)], dimensions[..2]);
        }
    }
}
