using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>What <c>config.json</c> says of single layers, against what the architecture's record makes of them.</summary>
internal static class LayerTypes
{
    /// <exception cref="InvalidModelException">A layer is of another kind than the record says: the model would not be itself.</exception>
    public static void Check(JsonField config, ModelArchitecture architecture)
    {
        if (architecture.Attention == AttentionKind.Bidirectional)
            return;
        bool hasWindow = architecture.DefaultWindow > 0 || CommonMetadata.Window.Value(config) is uint and > 0;
        Check(config["layer_types"], (type, layer) => (type.String(), hasWindow && !IsLastOf(architecture.GlobalEvery, layer)) is ("sliding_attention", true) or ("full_attention", false));
        CheckWindows(config, architecture);
        Check(config["no_rope_layers"], (isRotated, layer) => isRotated.Integer() != 0 != IsLastOf(architecture.UnrotatedEvery, layer));
    }

    // What older files say of them in numbers.
    private static void CheckWindows(JsonField config, ModelArchitecture architecture)
    {
        if (config["layer_types"].IsArray)
            return;
        if (MetadataRule.Find(config, "sliding_window_pattern", "_sliding_window_pattern") is { } pattern && pattern.Integer() != architecture.GlobalEvery)
            throw pattern.Error(pattern.Describe(), $"{architecture.GlobalEvery}, as in all models of the architecture");
        if (config["use_sliding_window"].Boolean(false) && MetadataRule.Find(config, "max_window_layers") is { } first && first.Integer() > 0)
            throw first.Error(first.Describe(), "0: windows in layers from one on are not built");
    }

    private static void Check(JsonField field, Func<JsonField, int, bool> fits)
    {
        if (!field.IsArray)
            return;
        int layer = 0;
        foreach (JsonField entry in field.Elements())
        {
            if (!fits(entry, layer))
                throw entry.Error(entry.Describe(), "what layers of this number are in all models of the architecture: another order is not built");
            layer++;
        }
    }

    private static bool IsLastOf(int layers, int layer) => layers > 0 && (layer + 1) % layers == 0;
}
