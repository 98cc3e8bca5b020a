using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>Makes the tokenizer a model file asks for. A tokenizer model of GGUF is one line of the table.</summary>
public static class TokenizerFactory
{
    private const string ModelKey = "tokenizer.ggml.model";
    private static readonly string[] s_fileNames = ["tokenizer.json", "tokenizer.model"];

    private static readonly SortedDictionary<string, Func<GgufFile, Tokenizer>> s_models = new(StringComparer.Ordinal)
    {
        ["bert"] = GgufWordPiece.Read,
        ["gpt2"] = GgufByteLevelBpe.Read,
        ["llama"] = GgufSentencePiece.Read,
        ["t5"] = GgufUnigram.Read,
    };

    /// <summary>Values of <c>tokenizer.ggml.model</c> that have a tokenizer.</summary>
    public static IReadOnlyCollection<string> SupportedModels => s_models.Keys;

    /// <summary>
    /// Opens a tokenizer: a GGUF file, a <c>tokenizer.json</c> (with <c>tokenizer_config.json</c> beside it, where there is one), a SentencePiece
    /// <c>tokenizer.model</c>, or a folder with one of them. What a file is, is seen from its content.
    /// </summary>
    /// <exception cref="InvalidModelException">The file is none of them, malformed, or needs what is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tokenizer Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
        {
            path = s_fileNames.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException($"The folder '{path}' has no tokenizer.json and no tokenizer.model.");
        }

        Span<byte> magic = stackalloc byte[4];
        using (var stream = File.OpenRead(path))
            magic = magic[..stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)];
        if (magic.SequenceEqual("GGUF"u8))
        {
            using var file = GgufFile.Open(path);
            return Create(file);
        }

        byte[] content = File.ReadAllBytes(path);
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "tokenizer_config.json");
        bool isJson = magic.Length > 0 && magic[0] is (byte)'{' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or 0xEF;
        return isJson ? TokenizerJson.Read(content, path, File.Exists(config) ? TokenizerConfig.Read(File.ReadAllBytes(config), config) : null)
            : SentencePieceModel.Read(content, path);
    }

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <param name="content">The file.</param>
    /// <param name="config"><c>tokenizer_config.json</c>, which says what special tokens are for; empty where there is none.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidModelException">The file is malformed, or needs what is not supported.</exception>
    public static Tokenizer ReadJson(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> config = default, string name = "tokenizer.json") =>
        TokenizerJson.Read(content, name, config.IsEmpty ? null : TokenizerConfig.Read(config, "tokenizer_config.json"));

    /// <summary>Reads a SentencePiece <c>tokenizer.model</c>.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidModelException">The file is malformed, or needs what is not supported.</exception>
    public static Tokenizer ReadSentencePiece(ReadOnlySpan<byte> content, string name = "tokenizer.model") => SentencePieceModel.Read(content, name);

    /// <summary>The tokenizer of <paramref name="file"/>, which may be closed afterwards.</summary>
    /// <exception cref="InvalidModelException">The file has no tokenizer, one that is not supported, or a broken one.</exception>
    public static Tokenizer Create(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var model = file.Metadata.GetValue(ModelKey);
        return s_models.TryGetValue(model.GetString(), out var create)
            ? create(file)
            : throw model.Error($"the unsupported tokenizer {model}", string.Join(" or ", SupportedModels));
    }
}
