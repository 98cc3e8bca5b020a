using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Quantization;

namespace KernelFoundry.Inference.Tests.Quantization;

/// <summary>Types as files that llama.cpp quantized have them, for a model of 32 layers.</summary>
public class QuantizationRecipeTests
{
    private const int Layers = 32;

    // The layers of a role that have each type, from the first; what is not listed has the recipe's own.
    [Theory]
    [InlineData("Q4_K_M", TensorRole.AttentionValue, GgmlType.Q6_K, "0,1,2,3,6,9,12,15,18,21,24,27,28,29,30,31")]
    [InlineData("Q4_K_M", TensorRole.FeedForwardDown, GgmlType.Q6_K, "0,1,2,3,6,9,12,15,18,21,24,27,28,29,30,31")]
    [InlineData("Q5_K_M", TensorRole.FeedForwardDown, GgmlType.Q6_K, "0,1,2,3,6,9,12,15,18,21,24,27,28,29,30,31")]
    [InlineData("Q4_K_S", TensorRole.AttentionValue, GgmlType.Q5_K, "0,1,2,3")]
    [InlineData("Q4_K_S", TensorRole.FeedForwardDown, GgmlType.Q5_K, "0,1,2,3")]
    [InlineData("Q3_K_M", TensorRole.AttentionValue, GgmlType.Q5_K, "0,1")]
    [InlineData("Q3_K_M", TensorRole.FeedForwardDown, GgmlType.Q5_K, "0,1")]
    [InlineData("Q5_K_S", TensorRole.FeedForwardDown, GgmlType.Q6_K, "")]
    [InlineData("Q4_0", TensorRole.FeedForwardDown, GgmlType.Q4_1, "")]
    public void SomeLayersGetMoreBits(string recipe, TensorRole role, GgmlType type, string layers) => Assert.Equal(
        layers, string.Join(",", Enumerable.Range(0, Layers).Where(layer => TypeOf(recipe, role, layer) == type)));

    [Theory]
    [InlineData("Q3_K_M", TensorRole.AttentionValue, GgmlType.Q4_K)]
    [InlineData("Q3_K_M", TensorRole.FeedForwardDown, GgmlType.Q4_K)]
    [InlineData("Q3_K_M", TensorRole.AttentionOutput, GgmlType.Q4_K)]
    [InlineData("Q3_K_M", TensorRole.Other, GgmlType.Q3_K)]
    [InlineData("Q2_K", TensorRole.AttentionValue, GgmlType.Q4_K)]
    [InlineData("Q2_K", TensorRole.FeedForwardDown, GgmlType.Q3_K)]
    [InlineData("Q2_K", TensorRole.TokenEmbedding, GgmlType.Q2_K)]
    [InlineData("Q4_K_M", TensorRole.Output, GgmlType.Q6_K)]
    [InlineData("Q4_0", TensorRole.Output, GgmlType.Q6_K)]
    [InlineData("Q8_0", TensorRole.Output, GgmlType.Q8_0)]
    [InlineData("F16", TensorRole.Output, GgmlType.F16)]
    public void RolesHaveTheirTypes(string recipe, TensorRole role, GgmlType type) => Assert.Equal(type, TypeOf(recipe, role, 10));

    [Theory]
    [InlineData("Q2_K", 2, false, GgmlType.Q3_K)]
    [InlineData("Q2_K", 4, false, GgmlType.Q4_K)]
    [InlineData("IQ4_XS", 1, false, GgmlType.IQ4_XS)]
    [InlineData("IQ4_XS", 8, false, GgmlType.Q5_K)]
    public void ValuesThatHeadsShareGetMoreBits(string recipe, int headsPerKey, bool hasImportance, GgmlType type) => Assert.Equal(
        type, Recipe(recipe).TypeOf(new TensorPlace(TensorRole.AttentionValue, 10, Layers, headsPerKey, hasImportance), 4096));

    [Theory]
    [InlineData("Q4_0", true, GgmlType.Q4_1)]
    [InlineData("Q4_0", false, GgmlType.Q4_0)]
    [InlineData("IQ4_XS", true, GgmlType.IQ4_XS)]
    [InlineData("IQ4_XS", false, GgmlType.Q5_K)]
    public void ImportanceChangesTheFirstLayers(string recipe, bool hasImportance, GgmlType type) => Assert.Equal(
        type, Recipe(recipe).TypeOf(new TensorPlace(TensorRole.FeedForwardDown, 2, Layers, 4, hasImportance), 4096));

    [Theory]
    [InlineData("Q4_K_M", TensorRole.Other, 576, GgmlType.Q5_0)]
    [InlineData("Q4_K_M", TensorRole.Output, 576, GgmlType.Q8_0)]
    [InlineData("Q5_K_M", TensorRole.Other, 576, GgmlType.Q5_1)]
    [InlineData("Q2_K", TensorRole.Other, 576, GgmlType.IQ4_NL)]
    [InlineData("Q4_K_M", TensorRole.Other, 172, GgmlType.F16)]
    [InlineData("Q8_0", TensorRole.Other, 172, GgmlType.F16)]
    public void RowsThatAreNoBlocksGetSmallerBlocks(string recipe, TensorRole role, int columns, GgmlType type) => Assert.Equal(
        type, Recipe(recipe).TypeOf(new TensorPlace(role, 10, Layers, 1, false), columns));

    [Fact]
    public void NamesAndFileTypesAreUnique()
    {
        Assert.Equal(QuantizationRecipes.All.Count, QuantizationRecipes.All.Select(r => r.Name).Distinct().Count());
        Assert.Equal(QuantizationRecipes.All.Count, QuantizationRecipes.All.Select(r => r.FileType).Distinct().Count());
        Assert.Equal("Q4_K_M", Recipe("q4_k").Name);
        Assert.Equal("Q2_K", Recipe("q2_K").Name);
        Assert.Null(QuantizationRecipes.Find("Q7_K"));
    }

    private static GgmlType TypeOf(string recipe, TensorRole role, int layer) =>
        Recipe(recipe).TypeOf(new TensorPlace(role, layer, Layers, 4, false), 4096);

    private static QuantizationRecipe Recipe(string name) => QuantizationRecipes.Find(name)!;
}
