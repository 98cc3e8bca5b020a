using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// A folder as Hugging Face has models: safetensors, <c>config.json</c>, <c>tokenizer.json</c> or <c>tokenizer.model</c>, and a chat template. It is read as the
/// GGUF file it would be converted to: tensors that are the same in both stay mapped where they are, the others are made when they are used.
/// </summary>
public sealed class HuggingFaceModel : IDisposable
{
    private const int MaximumJsonBytes = 1 << 26;

    private HuggingFaceModel(GgufFile file, Tokenizer tokenizer, ChatTemplates templates) => (File, Tokenizer, ChatTemplates) = (file, tokenizer, templates);

    /// <summary>The folder as a GGUF file.</summary>
    public GgufFile File { get; }

    /// <summary>The folder's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The folder's chat templates.</summary>
    public ChatTemplates ChatTemplates { get; }

    /// <summary>Whether a path is such a folder.</summary>
    public static bool IsAt(string path) => Directory.Exists(path) && SafetensorsFolder.Exists(path);

    /// <summary>Checks that a folder can be written as GGUF with all it needs.</summary>
    /// <param name="file">The folder as a file, or any GGUF file.</param>
    /// <exception cref="InvalidModelException">Its tokenizer has parts that GGUF has no entries for.</exception>
    public static void CheckWritable(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Metadata.TryGetString("tokenizer.ggml.model", out string? model) && model == UnwritableTokenizer)
            throw new InvalidModelException(file.Name, "the tokenizer", "made of parts that GGUF has no entries for", "one of the kinds that GGUF knows; the folder itself can be used as it is");
    }

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InvalidModelException">A file in it is malformed, or asks for what is not supported.</exception>
    /// <exception cref="IOException">A file is missing or cannot be opened.</exception>
    public static HuggingFaceModel Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string configPath = Path.Combine(path, "config.json");
        using JsonDocument document = TokenizerJson.Parse(Content(configPath), configPath);
        var config = new JsonField(document.RootElement, configPath, "");
        HuggingFaceArchitecture architecture = Architecture(config);

        // Models that also see or hear have what the text part needs one level down.
        if (config["text_config"].IsObject)
            config = config["text_config"];
        Tokenizer tokenizer = TokenizerFactory.Open(path);
        ChatTemplates templates = ReadTemplates(path);
        SafetensorsFolder folder = SafetensorsFolder.Open(path);
        try
        {
            var whole = new GgufComposition();
            var tensors = new FolderTensors(folder, architecture, config);
            int tokens = (int)Math.Min(tensors.VocabularySize, int.MaxValue);
            Tokenizer writable = VocabularyPadding.To(Writable(tokenizer, path), tokens, folder.Name);
            tokenizer = VocabularyPadding.To(tokenizer, tokens, folder.Name);
            WriteMetadata(whole.Header, architecture, config, path, tokens);
            WriteTokenizer(whole.Header, writable, templates);
            tensors.AddTo(whole);
            RotaryFactors.AddTo(whole, architecture.Name, config);
            return new HuggingFaceModel(whole.Open(path, [folder]), tokenizer, templates);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the files.</summary>
    public void Dispose() => File.Dispose();

    private static HuggingFaceArchitecture Architecture(JsonField config)
    {
        JsonField field = config["architectures"];
        string[] classes = [.. field.Elements().Select(element => element.String())];
        HuggingFaceArchitecture architecture = HuggingFaceArchitectures.All.FirstOrDefault(row => row.Classes.Any(classes.Contains)) ?? throw field.Error(
            classes.Length == 0 ? "without a class" : $"the unsupported architecture {InvalidModelException.Quote(Encoding.UTF8.GetBytes(string.Join(", ", classes)))}",
            $"one of {string.Join(", ", HuggingFaceArchitectures.Classes)}");
        foreach (var (name, value) in architecture.Required)
        {
            JsonField given = config[name];
            bool fits = given.IsNull || (value is bool flag ? given.Boolean(flag) == flag : given.String() == (string)value);
            if (!fits)
                throw given.Error(given.Describe(), value is bool wanted ? (wanted ? "true" : "false") : $"'{value}'");
        }

        return architecture;
    }

    private static void WriteMetadata(GgufWriter header, HuggingFaceArchitecture architecture, JsonField config, string path, int tokens)
    {
        header.Set("general.architecture", architecture.Name);
        header.Set("general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))));
        foreach (MetadataRule rule in architecture.Metadata)
            Set(header, $"{architecture.Name}.{rule.Key}", rule.Value(config));
        header.Set($"{architecture.Name}.vocab_size", (uint)tokens);
        if (MetadataRule.Find(config, "type_vocab_size") is { } types)
            header.Set("tokenizer.ggml.token_type_count", MetadataRule.Unsigned(types));
        ModelArchitecture record = ModelArchitectures.All.First(record => record.Name == architecture.Name);
        foreach (var (key, value) in RotaryFactors.Metadata(config, record))
            Set(header, $"{architecture.Name}.{key}", value);
        LayerTypes.Check(config, record);
        foreach (var (key, value) in PoolingFile.Metadata(path))
            Set(header, $"{architecture.Name}.{key}", value);
    }

    private static void Set(GgufWriter header, string key, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case uint number:
                header.Set(key, number);
                break;
            case float number:
                header.Set(key, number);
                break;
            case bool flag:
                header.Set(key, flag);
                break;
            default:
                header.Set(key, (string)value);
                break;
        }
    }

    // SentencePiece's own file says what GGUF wants to know, where it has the same tokens as tokenizer.json.
    private static Tokenizer Writable(Tokenizer tokenizer, string path)
    {
        string model = Path.Combine(path, "tokenizer.model");
        if (tokenizer.Parts.Recipe is not null || !System.IO.File.Exists(model))
            return tokenizer;
        Tokenizer other = TokenizerFactory.Open(model);
        return other.Parts.Recipe is not null && other.VocabularySize == tokenizer.VocabularySize
            ? new Tokenizer(other.Parts with { Special = tokenizer.Parts.Special })
            : tokenizer;
    }

    // A tokenizer that GGUF cannot express still has its texts there, which is where a model's vocabulary is counted; "none" is what opens nothing by mistake.
    private static void WriteTokenizer(GgufWriter header, Tokenizer tokenizer, ChatTemplates templates)
    {
        if (tokenizer.Parts.Recipe is not null)
        {
            GgufTokenizerWriter.Write(tokenizer, header);
        }
        else
        {
            header.Set("tokenizer.ggml.model", UnwritableTokenizer);
            header.Set("tokenizer.ggml.tokens", Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.Vocabulary.Text(id).ToArray()));
        }

        templates.WriteTo(header);
    }

    /// <summary>What a folder's file says of a tokenizer that GGUF has no entries for.</summary>
    internal const string UnwritableTokenizer = "none";

    private static ChatTemplates ReadTemplates(string path)
    {
        string config = Path.Combine(path, "tokenizer_config.json"), separate = Path.Combine(path, "chat_template.jinja");
        string json = System.IO.File.Exists(config) ? Encoding.UTF8.GetString(Content(config)) : "{}";
        return ChatTemplates.ReadTokenizerConfig(json, config, System.IO.File.Exists(separate) ? Encoding.UTF8.GetString(Content(separate)) : null);
    }

    internal static byte[] Content(string path) => new FileInfo(path) is { Exists: true, Length: > MaximumJsonBytes } file
        ? throw new InvalidModelException(path, "the file", $"{file.Length} bytes long", $"at most {MaximumJsonBytes} bytes")
        : System.IO.File.ReadAllBytes(path);
}
