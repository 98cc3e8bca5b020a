using System.Text.Json;
using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// How the states of a text become one vector, as the folders of sentence-transformers have it: <c>1_Pooling/config.json</c>, with a field a kind or, from version 5.4 on, one that names them.
/// </summary>
internal static class PoolingFile
{
    private const string Named = "pooling_mode";

    /// <summary>Entries, after the architecture's name: GGUF's number, and names where it has none for them; none where there is no such file.</summary>
    /// <exception cref="InvalidModelException">It asks for a kind that there is not, or for several in an order that is not the library's.</exception>
    public static IEnumerable<(string Key, object Value)> Metadata(string folder)
    {
        string path = Path.Combine(folder, "1_Pooling", "config.json");
        if (!File.Exists(path))
            yield break;
        using JsonDocument document = TokenizerJson.Parse(HuggingFaceModel.Content(path), path);
        var config = new JsonField(document.RootElement, path, "");
        string[] names = [.. config[Named].IsNull ? Flagged(config) : Listed(config[Named])];
        string[] ordered = [.. PoolingModes.All.Select(row => row.Name).Where(names.Contains)];
        if (names.Length == 0 || !names.SequenceEqual(ordered))
            throw config.Error($"the pooling '{string.Join("', '", names)}'", $"at least one of {PoolingModes.Names}, in this order");
        uint? type = names.Length == 1 ? PoolingModes.All.First(row => row.Name == names[0]).GgufType : null;
        yield return ("pooling_type", type ?? 0u);
        if (type is null)
            yield return ("pooling_modes", string.Join(',', names));
    }

    private static IEnumerable<string> Flagged(JsonField config)
    {
        foreach (var (name, value) in config.Properties())
        {
            if (name.StartsWith(Named + "_", StringComparison.Ordinal) && value.Boolean(false) && PoolingModes.All.All(row => row.Field != name))
                throw config.Error($"the pooling '{name}'", $"of {string.Join(", ", PoolingModes.All.Select(row => row.Field))}");
        }

        return PoolingModes.All.Where(row => config[row.Field].Boolean(false)).Select(row => row.Name);
    }

    private static IEnumerable<string> Listed(JsonField field) => field.IsString ? [field.String()] : field.Elements().Select(element => element.String());
}
