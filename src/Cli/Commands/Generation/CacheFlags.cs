using System.CommandLine;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options that keep a prompt's keys and values in a file.</summary>
internal static class CacheFlags
{
    private static readonly Option<string?> s_load = new("--load-cache") { HelpName = "FILE", Description = "Take the keys and values of what the prompt has in common with a saved text." };
    private static readonly Option<string?> s_save = new("--save-cache") { HelpName = "FILE", Description = "Save the keys and values of prompt and text." };

    public static IReadOnlyList<Option> Options { get; } = [s_load, s_save];

    /// <summary>The cache they ask for; null for none.</summary>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public static PromptCache? Open(ParseResult parsed, LanguageModel model)
    {
        if (IsGiven(parsed) is null)
            return null;
        var cache = new PromptCache(model);
        if (parsed.GetValue(s_load) is { } file)
            Touch(s_load, () => cache.Load(file));
        return cache;
    }

    /// <summary>Saves it, if that is asked for.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void Save(ParseResult parsed, PromptCache? cache)
    {
        if (cache is { Length: > 0 } && parsed.GetValue(s_save) is { } file)
            Touch(s_save, () => cache.Save(file));
    }

    /// <summary>The one that is given; null for none.</summary>
    public static Option? IsGiven(ParseResult parsed) => parsed.GetValue(s_load) is not null ? s_load : parsed.GetValue(s_save) is not null ? s_save : null;

    private static void Touch(Option option, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option.Name}: {error.Message}", error);
        }
    }
}
