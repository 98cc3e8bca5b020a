using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>Writes a tokenizer as Hugging Face's <c>tokenizer.json</c>.</summary>
public static partial class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions s_readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] s_fallback = ["ByteFallback", "Fuse"];

    /// <summary>Writes the whole file.</summary>
    /// <param name="tokenizer">A tokenizer that was trained here.</param>
    /// <param name="stream">Where to.</param>
    /// <exception cref="NotSupportedException">The tokenizer is of a kind that is not written this way.</exception>
    public static void Write(Tokenizer tokenizer, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var recipe = tokenizer.Parts.Recipe;
        using var json = new Utf8JsonWriter(stream, s_readable);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAdded(tokenizer, json);
        switch (recipe?.Model)
        {
            case "gpt2":
                WriteByteLevel(tokenizer, recipe.PreTokenizer!, json);
                break;
            case "t5":
                WriteUnigram(tokenizer, recipe, json);
                break;
            default:
                throw new NotSupportedException(
                    $"The tokenizer of '{tokenizer.Vocabulary.ModelFile}' cannot be written as tokenizer.json: byte-level BPE and unigram can.");
        }

        json.WriteEndObject();
    }

    private static void WriteAdded(Tokenizer tokenizer, Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in tokenizer.Parts.Added)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Text);
            json.WriteBoolean("single_word", token.IsWord);
            json.WriteBoolean("lstrip", token.StripsLeft);
            json.WriteBoolean("rstrip", token.StripsRight);
            json.WriteBoolean("normalized", token.IsNormalized);
            json.WriteBoolean("special", token.IsSpecial);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteByteLevel(Tokenizer tokenizer, string pre, Utf8JsonWriter json)
    {
        var family = PreTokenizerFamilies.Find(pre)!;
        if (family.GroupsDigits)
            throw new NotSupportedException($"The pre-tokenizer '{pre}' has no form in tokenizer.json here.");
        json.WriteNull("normalizer");
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        foreach (string pattern in family.Patterns)
        {
            json.WriteStartObject();
            json.WriteString("type", "Split");
            json.WriteStartObject("pattern");
            json.WriteString("Regex", pattern);
            json.WriteEndObject();
            json.WriteString("behavior", "Isolated");
            json.WriteBoolean("invert", false);
            json.WriteEndObject();
        }

        WriteByteLevelPart(json);
        json.WriteEndArray();
        json.WriteEndObject();
        WriteTemplate(tokenizer, json);
        json.WritePropertyName("decoder");
        WriteByteLevelPart(json);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", family.WholeWins);
        WriteVocabulary(tokenizer, json);
        json.WriteStartArray("merges");
        foreach (var (left, right) in ((BpeModel)tokenizer.Parts.Model).Merges.InOrder())
        {
            json.WriteStartArray();
            json.WriteStringValue(tokenizer.Vocabulary.Text(left));
            json.WriteStringValue(tokenizer.Vocabulary.Text(right));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevelPart(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", false);
        json.WriteEndObject();
    }

    private static void WriteVocabulary(Tokenizer tokenizer, Utf8JsonWriter json)
    {
        json.WriteStartObject("vocab");
        for (int id = 0; id < tokenizer.VocabularySize; id++)
            json.WriteNumber(tokenizer.Vocabulary.Text(id), id);
        json.WriteEndObject();
    }

    private static void WriteUnigram(Tokenizer tokenizer, TokenizerRecipe recipe, Utf8JsonWriter json)
    {
        WriteSpaces(recipe, json);
        WriteTemplate(tokenizer, json);
        WriteSpacesDecoder(recipe, json);
        json.WriteStartObject("model");
        json.WriteString("type", "Unigram");
        if (tokenizer.UnknownId is { } unknown)
            json.WriteNumber("unk_id", unknown);
        else
            json.WriteNull("unk_id");
        json.WriteStartArray("vocab");
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            json.WriteStartArray();
            json.WriteStringValue(tokenizer.Vocabulary.Text(id));
            json.WriteNumberValue(recipe.Scores![id]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteBoolean("byte_fallback", Enumerable.Range(0, tokenizer.VocabularySize).Any(id => tokenizer.Vocabulary.Type(id) == TokenType.Byte));
        json.WriteEndObject();
    }

    private static void WriteSpaces(TokenizerRecipe recipe, Utf8JsonWriter json)
    {
        json.WriteStartObject("normalizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("normalizers");
        if (recipe.AddSpacePrefix)
        {
            json.WriteStartObject();
            json.WriteString("type", "Prepend");
            json.WriteString("prepend", MarkerSplitter.Marker);
            json.WriteEndObject();
        }

        WriteReplace(" "u8, MarkerSplitter.Marker, json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNull("pre_tokenizer");
    }

    private static void WriteSpacesDecoder(TokenizerRecipe recipe, Utf8JsonWriter json)
    {
        json.WriteStartObject("decoder");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("decoders");
        WriteReplace(MarkerSplitter.Marker, " "u8, json);
        foreach (string type in s_fallback)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteEndObject();
        }

        if (recipe.AddSpacePrefix)
        {
            json.WriteStartObject();
            json.WriteString("type", "Strip");
            json.WriteString("content", " ");
            json.WriteNumber("start", 1);
            json.WriteNumber("stop", 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReplace(ReadOnlySpan<byte> text, ReadOnlySpan<byte> content, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "Replace");
        json.WriteStartObject("pattern");
        json.WriteString("String", text);
        json.WriteEndObject();
        json.WriteString("content", content);
        json.WriteEndObject();
    }

    private static string Name(Tokenizer tokenizer, int id) => Encoding.UTF8.GetString(tokenizer.Vocabulary.Text(id));
}
