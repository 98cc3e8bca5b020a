using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>How the states of a text become one vector, as the folders of sentence-transformers have it: <c>1_Pooling/config.json</c>.</summary>
internal static class PoolingFile
{
    /// <summary>GGUF's number of it; null where there is no such file.</summary>
    /// <exception cref="InvalidModelException">It asks for a kind that is not built.</exception>
    public static object? Read(string folder)
    {
        string path = Path.Combine(folder, "1_Pooling", "config.json");
        if (!File.Exists(path))
            return null;
        using var document = TokenizerJson.Parse(HuggingFaceModel.Content(path), path);
        var config = new JsonField(document.RootElement, path, "");
        string[] asked = [.. config.Properties().Where(entry => entry.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && entry.Value.Boolean(false)).Select(entry => entry.Name["pooling_mode_".Length..])];
        return asked switch
        {
            ["mean_tokens"] => 1u,
            ["cls_token"] => 2u,
            ["lasttoken"] => 3u,
            _ => throw config.Error($"the pooling {string.Join(" and ", asked)}", "one of mean_tokens, cls_token and lasttoken"),
        };
    }
}
