using System.Text.Json;

namespace KernelFoundry.Inference.Chat;

/// <summary>Reads the parts of <c>tokenizer_config.json</c> that chats need.</summary>
internal static class TokenizerConfig
{
    /// <exception cref="InvalidModelException">The templates are neither a text nor a list of named ones.</exception>
    public static Dictionary<string, string> Templates(JsonElement root, string file)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("chat_template", out JsonElement templates))
            return sources;
        switch (templates.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.String:
                sources["default"] = templates.GetString()!;
                break;
            case JsonValueKind.Array:
                foreach (JsonElement template in templates.EnumerateArray())
                    sources[Text(template, "name") ?? throw Wrong(template)] = Text(template, "template") ?? throw Wrong(template);
                break;
            default:
                throw Wrong(templates);
        }

        return sources;

        InvalidModelException Wrong(JsonElement found) => new(
            file, "chat_template", $"of the type {found.ValueKind}", "a text, or a list of objects with name and template");
    }

    public static ChatTokens Tokens(JsonElement root) => new()
    {
        Bos = Token(root, "bos_token"),
        Eos = Token(root, "eos_token"),
        Unknown = Token(root, "unk_token"),
        Padding = Token(root, "pad_token"),
    };

    // A token is its text, or an object with it.
    private static string Token(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out JsonElement token))
            return "";
        return token.ValueKind == JsonValueKind.String ? token.GetString()! : Text(token, "content") ?? "";
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
