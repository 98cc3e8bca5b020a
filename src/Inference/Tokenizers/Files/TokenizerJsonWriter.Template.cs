using System.Text.Json;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>The post-processor.</summary>
public static partial class TokenizerJsonWriter
{
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
}
