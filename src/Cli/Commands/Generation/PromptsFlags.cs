using System.CommandLine;
using System.Text.Json;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options that continue many texts at once.</summary>
internal static class PromptsFlags
{
    private const string Prompt = "prompt", MaxTokens = "max_tokens";
    private static readonly string[] s_jsonEndings = [".jsonl", ".ndjson"];

    private static readonly Option<int> s_size = NumberOption.Create("--batch-size", "N", "With --prompts: most texts that are continued at once.", 16);

    public static Option<string?> Prompts { get; } = new("--prompts")
    {
        HelpName = "FILE",
        Description = "Continue each of these texts, many at once: one a line, or where the file ends in .jsonl a JSON text a line, or an object with \"prompt\" and, "
            + "if wanted, \"max_tokens\". Results come in the order of the file; with --json one object a line.",
    };

    public static OptionGroup Group { get; } = new("Many texts", Prompts, s_size);

    /// <summary>Most texts at once.</summary>
    /// <exception cref="UsageException">There is no room for one.</exception>
    public static int Size(ParseResult parsed) => NumberOption.AtLeast(1, parsed, s_size);

    /// <summary>The prompts; null where no file is named.</summary>
    /// <exception cref="UsageException">The file cannot be read, or has no prompts, or a line is none.</exception>
    public static IReadOnlyList<PromptLine>? Read(ParseResult parsed)
    {
        if (parsed.GetValue(Prompts) is not { } path)
            return null;
        Func<int, string, PromptLine> read = s_jsonEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            ? (line, text) => FromJson(path, line, text)
            : (line, text) => new PromptLine(line, text);
        PromptLine[] prompts = [.. TextFile.Read(path).ReplaceLineEndings("\n").Split('\n').Index().Where(each => each.Item.Length > 0).Select(each => read(each.Index + 1, each.Item))];
        return prompts.Length > 0 ? prompts : throw new UsageException($"{Prompts.Name}: '{path}' has no prompts.");
    }

    private static PromptLine FromJson(string path, int line, string text)
    {
        JsonElement value;
        try
        {
            using var document = JsonDocument.Parse(text);
            value = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw Wrong($"is not JSON: {error.Message}");
        }

        if (value.ValueKind == JsonValueKind.String)
            return new PromptLine(line, value.GetString()!);
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong($"is neither a text nor an object with \"{Prompt}\"");
        if (value.EnumerateObject().Select(each => each.Name).FirstOrDefault(name => name is not (Prompt or MaxTokens)) is { } other)
            throw Wrong($"has \"{other}\"; it may have \"{Prompt}\" and \"{MaxTokens}\"");
        if (!value.TryGetProperty(Prompt, out JsonElement prompt) || prompt.ValueKind != JsonValueKind.String)
            throw Wrong($"has no text \"{Prompt}\"");
        if (!value.TryGetProperty(MaxTokens, out JsonElement most))
            return new PromptLine(line, prompt.GetString()!);
        return most.ValueKind == JsonValueKind.Number && most.TryGetInt32(out int count) && count >= 0
            ? new PromptLine(line, prompt.GetString()!, count)
            : throw Wrong($"has {most.GetRawText()} for \"{MaxTokens}\"; it is a whole number, 0 or more");

        UsageException Wrong(string what) => new($"{Prompts.Name}: line {line} of '{path}' {what}.");
    }
}
