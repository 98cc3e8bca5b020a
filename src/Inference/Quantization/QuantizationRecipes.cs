using KernelFoundry.Inference.Formats;
using static KernelFoundry.Inference.Quantization.TensorRole;
using Type = KernelFoundry.Inference.Formats.GgmlType;

namespace KernelFoundry.Inference.Quantization;

/// <summary>
/// The recipes by the names llama.cpp's users know, with the same choice of types for models of the llama family: the logits' matrix keeps
/// six bits at least, and of attention values and feed-forward outputs, whose errors cost most, some or all get more bits than the rest.
/// Source: llama.cpp, llama_tensor_get_type.
/// </summary>
public static class QuantizationRecipes
{
    /// <summary>All recipes, from few bits to many.</summary>
    public static IReadOnlyList<QuantizationRecipe> All { get; } =
    [
        new("Q2_K", 10, Type.Q2_K, Output6, Is(AttentionValue, Type.Q4_K, SharesKeys), Is(AttentionValue, Type.Q3_K),
            Is(FeedForwardDown, Type.Q3_K), Is(AttentionOutput, Type.Q3_K)),
        new("Q3_K_S", 11, Type.Q3_K, Output6),
        new("Q3_K_M", 12, Type.Q3_K, Output6, Is(AttentionValue, Type.Q5_K, First(2)), Is(AttentionValue, Type.Q4_K),
            Is(FeedForwardDown, Type.Q5_K, FirstOf(16)), Is(FeedForwardDown, Type.Q4_K), Is(AttentionOutput, Type.Q4_K),
            Is(AttentionFused, Type.Q4_K)),
        new("Q3_K_L", 13, Type.Q3_K, Output6, Is(AttentionValue, Type.Q5_K),
            Is(FeedForwardDown, Type.Q5_K), Is(AttentionOutput, Type.Q5_K), Is(AttentionFused, Type.Q4_K)),
        new("IQ4_XS", 30, Type.IQ4_XS, Output6, Is(AttentionValue, Type.Q5_K, SharesKeys),
            Is(FeedForwardDown, Type.Q5_K, Unless(FirstOf(8)))),
        new("MXFP4", 38, Type.MXFP4, Output6),
        new("IQ4_NL", 25, Type.IQ4_NL, Output6, Is(AttentionValue, Type.Q5_K, SharesKeys),
            Is(FeedForwardDown, Type.Q5_K, Unless(FirstOf(8)))),
        new("Q4_0", 2, Type.Q4_0, Output6, Is(FeedForwardDown, Type.Q4_1, With(FirstOf(8)))),
        new("Q4_1", 3, Type.Q4_1, Output6),
        new("Q4_K_S", 14, Type.Q4_K, Output6, Is(AttentionValue, Type.Q5_K, First(4)),
            Is(FeedForwardDown, Type.Q5_K, FirstOf(8))),
        new("Q4_K_M", 15, Type.Q4_K, Output6, Is(AttentionValue, Type.Q6_K, MoreBits),
            Is(FeedForwardDown, Type.Q6_K, MoreBits), Is(AttentionFused, Type.Q5_K)),
        new("Q5_0", 8, Type.Q5_0, Output6, Is(FeedForwardDown, Type.Q5_1, With(FirstOf(8)))),
        new("Q5_1", 9, Type.Q5_1, Output6),
        new("Q5_K_S", 16, Type.Q5_K, Output6),
        new("Q5_K_M", 17, Type.Q5_K, Output6, Is(AttentionValue, Type.Q6_K, MoreBits),
            Is(FeedForwardDown, Type.Q6_K, MoreBits), Is(AttentionFused, Type.Q6_K)),
        new("Q6_K", 18, Type.Q6_K),
        new("Q8_0", 7, Type.Q8_0),
        new("F16", 1, Type.F16),
        new("BF16", 32, Type.BF16),
        new("F32", 0, Type.F32),
    ];

    /// <summary>The recipe of a name, of any case; null where there is none. Q3_K, Q4_K and Q5_K mean their _M.</summary>
    /// <param name="name">The name.</param>
    public static QuantizationRecipe? Find(string name) =>
        All.FirstOrDefault(recipe => recipe.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? All.FirstOrDefault(recipe => recipe.Name.Equals(name + "_M", StringComparison.OrdinalIgnoreCase));

    private static TypeOverride Output6 => Is(Output, Type.Q6_K);

    private static TypeOverride Is(TensorRole role, GgmlType type, Func<TensorPlace, bool>? where = null) =>
        new(role, type, where ?? (_ => true));

    // The first and last eighth of the layers, and every third between.
    private static bool MoreBits(TensorPlace place) => place.Layer < place.Layers / 8 || place.Layer >= 7 * place.Layers / 8
        || (place.Layer - (place.Layers / 8)) % 3 == 2;

    // The matrix is small where several heads share a key, so more bits cost little.
    private static bool SharesKeys(TensorPlace place) => place.HeadsPerKey >= 4;

    private static Func<TensorPlace, bool> First(int layers) => place => place.Layer < layers;

    private static Func<TensorPlace, bool> FirstOf(int parts) => place => place.Layer < place.Layers / parts;

    private static Func<TensorPlace, bool> With(Func<TensorPlace, bool> where) => place => place.HasImportance && where(place);

    private static Func<TensorPlace, bool> Unless(Func<TensorPlace, bool> where) => place => !place.HasImportance && where(place);
}
