using System.Text.Json;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>
/// Hugging Face's <c>tokenizer.json</c>: added tokens, normalizer, pre-tokenizer, model, post-processor and decoder, each a tree of named
/// parts. A part that is not known here is an error that names it.
/// </summary>
internal static class TokenizerJson
{
    // Real files reach 40 MB; what reading takes is a few times the file.
    private const int MaximumBytes = 1 << 29;
    private const int MaximumDepth = 32;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="content">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="roles">What <c>tokenizer_config.json</c> says of special tokens; null where there is none.</param>
    /// <exception cref="InvalidModelException">The file is malformed, or needs what is not supported.</exception>
    public static Tokenizer Read(ReadOnlyMemory<byte> content, string file, TokenizerConfig? roles = null)
    {
        using var document = Parse(content, file);
        var root = new JsonField(document.RootElement, file, "");
        var vocabulary = JsonVocabulary.Read(root, file);
        var template = JsonPostProcessors.Read(root["post_processor"], vocabulary);
        var (normalizers, marks) = JsonNormalizers.Read(root["normalizer"]);
        var cuts = JsonPreTokenizers.Read(root["pre_tokenizer"]);
        var decoder = JsonDecoders.Read(root["decoder"]);
        var special = (roles ?? new TokenizerConfig()).Roles(vocabulary, template);
        var model = JsonModels.Read(root["model"], vocabulary, cuts, marks);
        var (decoded, dropsSpace) = decoder.Decode(vocabulary);
        return new Tokenizer(new TokenizerParts
        {
            Kind = model.Kind,
            Vocabulary = vocabulary.Tokens,
            Special = special with { Unknown = special.Unknown ?? model.Unknown },
            Added = vocabulary.Added,
            Normalizers = [.. normalizers, .. cuts.Normalizers],
            Splitters = [.. cuts.Splitters, .. model.Splitters],
            Model = model.Model,
            Decoded = decoded,
            DropsSpace = dropsSpace,
            Recipe = model.Recipe ?? JsonWordPiece.Recipe(root, template),
        });
    }

    /// <summary>Parses JSON of bounded depth.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content, string file)
    {
        if (content.Length > MaximumBytes)
            throw new InvalidModelException(file, "the file", $"{content.Length} bytes long", $"at most {MaximumBytes} bytes");
        try
        {
            if (content.Span.StartsWith("\uFEFF"u8))
                content = content[3..];
            return JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = MaximumDepth });
        }
        catch (JsonException error)
        {
            throw new InvalidModelException(file, "the file", $"no JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine}", $"JSON nested at most {MaximumDepth} deep");
        }
    }
}
