using KernelFoundry.Inference.Hooks;

namespace KernelFoundry.Cli.Output;

/// <summary>Attention weights of a head, [tokens][positions].</summary>
internal sealed record AttentionOutput(int Layer, int Head, IReadOnlyList<IReadOnlyList<float>> Weights)
{
    /// <summary>Those of a layer's heads.</summary>
    public static IEnumerable<AttentionOutput> Of(int layer, IReadOnlyList<AttentionMap> maps) =>
        maps[0].Heads.Select((head, i) => new AttentionOutput(layer, head, [.. maps.Select(map => map.Weights[i])]));
}
