using System.Text;
using System.Text.Json;

namespace KernelFoundry.Inference.Formats.Safetensors;

/// <summary>
/// The tensors of a model's folder: of <c>model.safetensors</c>, or of the files that <c>model.safetensors.index.json</c> names.
/// </summary>
public sealed class SafetensorsFolder : IDisposable
{
    private const string One = "model.safetensors", Index = "model.safetensors.index.json";
    private const int MaximumIndexBytes = 1 << 28;
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);

    private SafetensorsFolder(string path) => Name = path;

    /// <summary>Path of the folder.</summary>
    public string Name { get; }

    /// <summary>The files.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>The tensors, file by file, in the order of their data.</summary>
    public IEnumerable<SafetensorsTensor> Tensors => _files.SelectMany(file => file.Tensors).Where(tensor => ReferenceEquals(_tensors.GetValueOrDefault(tensor.Name), tensor));

    /// <summary>Whether a folder has safetensors.</summary>
    public static bool Exists(string path) => File.Exists(Path.Combine(path, One)) || File.Exists(Path.Combine(path, Index));

    /// <summary>Maps the files of a folder.</summary>
    /// <exception cref="InvalidModelException">One is malformed, missing, or has not the tensors the index says.</exception>
    /// <exception cref="IOException">There are none, or one cannot be opened.</exception>
    public static SafetensorsFolder Open(string path)
    {
        var folder = new SafetensorsFolder(path);
        try
        {
            if (File.Exists(Path.Combine(path, One)))
                folder.OpenOne();
            else if (File.Exists(Path.Combine(path, Index)))
                folder.OpenIndexed();
            else
                throw new FileNotFoundException($"The folder '{path}' has no {One} and no {Index}.");
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The tensor called <paramref name="name"/>, or null.</summary>
    public SafetensorsTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Unmaps the files.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void OpenOne()
    {
        _files.Add(SafetensorsFile.Open(Path.Combine(Name, One)));
        foreach (var tensor in _files[0].Tensors)
            _tensors.Add(tensor.Name, tensor);
    }

    private void OpenIndexed()
    {
        string index = Path.Combine(Name, Index);
        var places = ReadIndex(index);
        var files = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        foreach (string name in places.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            // A name that leads out of the folder would open whatever the index's author likes.
            if (name != Path.GetFileName(name) || name.Contains('\\', StringComparison.Ordinal) || !name.EndsWith(".safetensors", StringComparison.Ordinal))
                throw new InvalidModelException(index, "weight_map", InvalidModelException.Quote(Encoding.UTF8.GetBytes(name)), "names of safetensors files in the same folder");
            string path = Path.Combine(Name, name);
            if (!File.Exists(path))
                throw new InvalidModelException(index, $"the file '{name}'", "absent", "all files of the index in its folder");
            files.Add(name, SafetensorsFile.Open(path));
            _files.Add(files[name]);
        }

        foreach (var (tensor, file) in places)
        {
            _tensors.Add(tensor, files[file].Find(tensor) ?? throw new InvalidModelException(files[file].Name,
                $"tensor {InvalidModelException.Quote(Encoding.UTF8.GetBytes(tensor))}", "absent", $"the tensors that '{Index}' says are in this file"));
        }
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        if (new FileInfo(path).Length is var length && length > MaximumIndexBytes)
            throw new InvalidModelException(path, "the file", $"{length} bytes long", $"at most {MaximumIndexBytes} bytes");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 16 });
            var places = new Dictionary<string, string>(StringComparer.Ordinal);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw new InvalidModelException(path, "weight_map", "absent", "an object that gives each tensor its file");
            foreach (var entry in map.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String || !places.TryAdd(entry.Name, entry.Value.GetString()!))
                {
                    throw new InvalidModelException(path, $"weight_map, {InvalidModelException.Quote(Encoding.UTF8.GetBytes(entry.Name))}",
                        entry.Value.ValueKind == JsonValueKind.String ? "there twice" : $"a {entry.Value.ValueKind}", "a file's name for each tensor, once");
                }
            }

            return places;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidModelException(path, "the file", "not JSON", "an index of safetensors files");
        }
    }
}
