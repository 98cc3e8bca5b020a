using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// Scaled rotary encoding as GGUF has it: linear and YaRN (Peng et al. 2023) as metadata; Llama 3.1's and LongRoPE's (Ding et al. 2024) as a divisor of each
/// frequency, in tensors. Dynamic NTK changes nothing up to the context, which is all that a model is run on: beyond it the base grows with the sequence, while keys stay turned as
/// they were, so that what a token means would depend on how a text was cut into calls.
/// </summary>
internal static class RotaryFactors
{
    private static readonly string[] s_sections = ["rope_scaling", "rope_parameters"];

    /// <summary>Entries, after the architecture's name.</summary>
    /// <exception cref="InvalidModelException">The scaling is of a kind that is not supported.</exception>
    public static IEnumerable<(string Key, object Value)> Metadata(JsonField config, ModelArchitecture architecture)
    {
        JsonField scaling = Section(config);
        if (Kind(scaling) == "yarn" && scaling["truncate"].Boolean(architecture.RoundsYarnRange) != architecture.RoundsYarnRange)
            throw scaling["truncate"].Error(scaling["truncate"].Describe(), architecture.RoundsYarnRange ? "true" : "false");
        switch (Kind(scaling))
        {
            case "linear":
                yield return ("rope.scaling.type", "linear");
                yield return ("rope.scaling.factor", (float)scaling["factor"].Number());
                break;
            case "yarn":
                yield return ("rope.scaling.type", "yarn");
                yield return ("rope.scaling.factor", (float)scaling["factor"].Number());
                yield return ("rope.scaling.original_context_length", MetadataRule.Unsigned(OriginalContext(config, scaling)));
                foreach (var (name, key) in new[] { ("beta_fast", "yarn_beta_fast"), ("beta_slow", "yarn_beta_slow"), ("attention_factor", "yarn_attn_factor") })
                {
                    if (!scaling[name].IsNull)
                        yield return ($"rope.scaling.{key}", (float)scaling[name].Number());
                }

                foreach (var entry in DeepSeekMagnitudes(scaling))
                    yield return entry;
                break;
            case "longrope" or "su":
                yield return ("rope.scaling.attn_factor", (float)LongAttentionFactor(config, scaling));
                break;
        }
    }

    // DeepSeek's code: scores grow by the square of one magnitude, and what is turned by the ratio of another to it.
    private static IEnumerable<(string Key, object Value)> DeepSeekMagnitudes(JsonField scaling)
    {
        double all = scaling["mscale_all_dim"].IsNull ? 0 : scaling["mscale_all_dim"].Number(), turned = scaling["mscale"].IsNull ? 1 : scaling["mscale"].Number();
        if (all == 0)
            yield break;
        yield return ("rope.scaling.yarn_log_multiplier", (float)(0.1 * all));
        double grown = 0.1 * Math.Log(Math.Max(1, scaling["factor"].Number()));
        if (turned != all)
            yield return ("rope.scaling.yarn_attn_factor", (float)((1 + (turned * grown)) / (1 + (all * grown))));
    }

    /// <summary>Adds the tensors.</summary>
    public static void AddTo(GgufComposition whole, string architecture, JsonField config)
    {
        JsonField scaling = Section(config);
        switch (Kind(scaling))
        {
            case "llama3":
                Add(whole, "rope_freqs.weight", Llama3(config, scaling));
                break;
            case "longrope" or "su" when architecture == "phi3":
                Add(whole, "rope_factors_long.weight", Listed(config, scaling["long_factor"]));
                Add(whole, "rope_factors_short.weight", Listed(config, scaling["short_factor"]));
                break;
            case "longrope" or "su":
                throw scaling.Error("LongRoPE", $"no LongRoPE in a model of architecture '{architecture}'");
        }
    }

    private static JsonField Section(JsonField config) => s_sections.Select(name => config[name]).FirstOrDefault(section => section.IsObject);

    private static string Kind(JsonField scaling)
    {
        if (!scaling.IsObject)
            return "default";
        JsonField field = scaling["rope_type"].IsNull ? scaling["type"] : scaling["rope_type"];
        string kind = field.OptionalString() ?? "default";
        if (kind == "dynamic" && !scaling["alpha"].IsNull)
            throw scaling["alpha"].Error(scaling["alpha"].Describe(), "null: an alpha changes the base for every length");
        return kind is "default" or "linear" or "llama3" or "yarn" or "longrope" or "su" or "dynamic"
            ? kind
            : throw field.Error(field.Describe(), "default, linear, llama3, yarn, longrope or dynamic");
    }

    private static JsonField OriginalContext(JsonField config, JsonField scaling) =>
        MetadataRule.Find(scaling, "original_max_position_embeddings") ?? MetadataRule.Find(config, "original_max_position_embeddings", "max_position_embeddings")
        ?? throw scaling["original_max_position_embeddings"].Error("absent", "a whole number from 1 up");

    /// <summary>
    /// Llama 3.1: frequencies whose wave is longer than the old context over <c>low_freq_factor</c> are divided by the factor, those shorter than it over
    /// <c>high_freq_factor</c> stay, and between it goes over smoothly (Grattafiori et al. 2024; the model's published code).
    /// </summary>
    private static float[] Llama3(JsonField config, JsonField scaling)
    {
        int dims = CommonMetadata.HeadDim(config);
        double rotaryBase = MetadataRule.Find(config, "rope_theta", "rope_parameters.rope_theta")?.Number() ?? 10000;
        double factor = scaling["factor"].Number(), low = scaling["low_freq_factor"].Number(), high = scaling["high_freq_factor"].Number();
        double context = OriginalContext(config, scaling).Number();
        if (factor <= 0 || low <= 0 || high <= low)
            throw scaling.Error($"factors {factor}, {low}, {high}", "a factor above 0, and a low_freq_factor below the high_freq_factor");
        var factors = new float[dims / 2];
        for (int i = 0; i < factors.Length; i++)
        {
            double wave = 2 * Math.PI * Math.Pow(rotaryBase, 2.0 * i / dims);
            double smooth = ((context / wave) - low) / (high - low);
            factors[i] = (float)(wave < context / high ? 1 : wave > context / low ? factor : 1 / (((1 - smooth) / factor) + smooth));
        }

        return factors;
    }

    private static float[] Listed(JsonField config, JsonField field)
    {
        int count = (int)(uint)CommonMetadata.RotaryDims.Value(config)! / 2;
        float[] factors = [.. field.Elements().Select(element => (float)element.Number())];
        return factors.Length == count ? factors : throw field.Error($"{factors.Length} factors", $"{count}, one a rotary pair");
    }

    // LongRoPE, equation 5 and the models' code: the root of 1 + ln(longer / context) / ln(context).
    private static double LongAttentionFactor(JsonField config, JsonField scaling)
    {
        if (scaling["attention_factor"] is { IsNull: false } given)
            return given.Number();
        double original = OriginalContext(config, scaling).Number(), context = config["max_position_embeddings"].Number();
        return context <= original ? 1 : Math.Sqrt(1 + (Math.Log(context / original) / Math.Log(original)));
    }

    private static void Add(GgufComposition whole, string name, float[] values) =>
        whole.Add(name, [values.Length], GgmlType.F32, new PinnedPart(MemoryMarshal.AsBytes<float>(values).ToArray()), 0);
}
