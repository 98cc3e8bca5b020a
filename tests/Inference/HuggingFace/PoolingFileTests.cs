using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>What <c>1_Pooling/config.json</c> of sentence-transformers says, in its older and its newer form.</summary>
public class PoolingFileTests
{
    [Theory]
    [InlineData("bert", "\"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true, \"word_embedding_dimension\": 64", EmbeddingPooling.Mean)]
    [InlineData("bert", "\"pooling_mode_cls_token\": true", EmbeddingPooling.First)]
    [InlineData("bert", "\"pooling_mode_max_tokens\": true", EmbeddingPooling.Max)]
    [InlineData("bert", "\"pooling_mode_mean_sqrt_len_tokens\": true", EmbeddingPooling.MeanSqrtLength)]
    [InlineData("bert", "\"pooling_mode_weightedmean_tokens\": true", EmbeddingPooling.WeightedMean)]
    [InlineData("qwen3", "\"pooling_mode_lasttoken\": true", EmbeddingPooling.Last)]
    [InlineData("bert", "\"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": true, \"pooling_mode_max_tokens\": true", EmbeddingPooling.First | EmbeddingPooling.Max | EmbeddingPooling.Mean)]
    [InlineData("bert", "\"pooling_mode\": \"weightedmean\", \"include_prompt\": true", EmbeddingPooling.WeightedMean)]
    [InlineData("bert", "\"pooling_mode\": [\"cls\", \"mean\"]", EmbeddingPooling.First | EmbeddingPooling.Mean)]
    public void AModelIsPooledAsItSays(string architecture, string fields, EmbeddingPooling pooling)
    {
        using ArchitectureFolder folder = Folder(architecture, fields);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(folder.Path, device);
        Assert.Equal(pooling, model.Configuration.Pooling);
        using var embedder = new TextEmbedder(model);
        Assert.Equal(pooling, embedder.Pooling);
    }

    [Theory]
    [InlineData("\"pooling_mode_median_tokens\": true", "pooling_mode_median_tokens")]
    [InlineData("\"pooling_mode_mean_tokens\": false", "at least one")]
    [InlineData("\"pooling_mode\": \"median\"", "median")]
    [InlineData("\"pooling_mode\": [\"mean\", \"cls\"]", "in this order")]
    [InlineData("\"pooling_mode\": 3", "pooling_mode")]
    public void WhatThereIsNotNamesItself(string fields, string named)
    {
        using ArchitectureFolder folder = Folder("bert", fields);
        string message = Assert.Throws<InvalidModelException>(() => HuggingFaceModel.Open(folder.Path)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("1_Pooling", message, StringComparison.Ordinal);
    }

    private static ArchitectureFolder Folder(string architecture, string fields)
    {
        Definition definition = Definitions.All[architecture];
        var folder = new ArchitectureFolder(definition, new DrawnModel(definition));
        Directory.CreateDirectory(Path.Combine(folder.Path, "1_Pooling"));
        File.WriteAllText(Path.Combine(folder.Path, "1_Pooling", "config.json"), $"{{{fields}}}");
        return folder;
    }
}
