using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>Writes a tokenizer as Hugging Face's <c>tokenizer.json</c>.</summary>
public static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions s_readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
        json.WriteNull("normalizer");
        json.WriteStartObject("pre_tokenizer");
        WriteMetaspace(recipe, json);
        json.WriteEndObject();
        WriteTemplate(tokenizer, json);
        json.WriteStartObject("decoder");
        WriteMetaspace(recipe, json);
        json.WriteEndObject();
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

    private static void WriteMetaspace(TokenizerRecipe recipe, Utf8JsonWriter json)
    {
        json.WriteString("type", "Metaspace");
        json.WriteString("replacement", Encoding.UTF8.GetString(MarkerSplitter.Marker));
        json.WriteString("prepend_scheme", recipe.AddSpacePrefix ? "always" : "never");
        json.WriteBoolean("split", true);
    }

    /// <summary>What the model wants around a text.</summary>
    private static void WriteTemplate(Tokenizer tokenizer, Utf8JsonWriter json)
    {
        if (tokenizer.Prefix.Count + tokenizer.Suffix.Count == 0)
        {
            json.WriteNull("post_processor");
            return;
        }

        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        foreach (string name in new[] { "single", "pair" })
        {
            json.WriteStartArray(name);
            foreach (string sequence in name == "single" ? ["A"] : new[] { "A", "B" })
            {
                int type = sequence == "A" ? 0 : 1;
                foreach (int id in tokenizer.Prefix)
                    WritePart("SpecialToken", Name(tokenizer, id), type);
                WritePart("Sequence", sequence, type);
                foreach (int id in tokenizer.Suffix)
                    WritePart("SpecialToken", Name(tokenizer, id), type);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("special_tokens");
        foreach (int id in tokenizer.Prefix.Concat(tokenizer.Suffix).Distinct())
        {
            json.WriteStartObject(Name(tokenizer, id));
            json.WriteString("id", Name(tokenizer, id));
            json.WriteStartArray("ids");
            json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(Name(tokenizer, id));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();

        void WritePart(string kind, string id, int type)
        {
            json.WriteStartObject();
            json.WriteStartObject(kind);
            json.WriteString("id", id);
            json.WriteNumber("type_id", type);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static string Name(Tokenizer tokenizer, int id) => Encoding.UTF8.GetString(tokenizer.Vocabulary.Text(id));
}
