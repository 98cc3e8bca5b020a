using KernelFoundry.Inference.Chat;
using Microsoft.Extensions.Options;

namespace KernelFoundry.Extensions.AI;

/// <summary>Says which options are wrong before anything is opened.</summary>
internal sealed class KernelFoundryOptionsValidator : IValidateOptions<KernelFoundryOptions>
{
    public ValidateOptionsResult Validate(string? name, KernelFoundryOptions options)
    {
        var wrong = new List<string>();
        if (string.IsNullOrWhiteSpace(options.ModelPath))
            wrong.Add(Is(nameof(options.ModelPath), "empty", "the path of a GGUF file"));
        else if (!File.Exists(options.ModelPath) && !Directory.Exists(options.ModelPath))
            wrong.Add(Is(nameof(options.ModelPath), $"'{options.ModelPath}', which does not exist", "the path of a GGUF file"));
        if (options.Threads is < 1)
            wrong.Add(Is(nameof(options.Threads), $"{options.Threads}", "1 or more"));
        if (options.ChatTemplate is { } template && !NamedChatTemplates.Names.Contains(template))
            wrong.Add(Is(nameof(options.ChatTemplate), $"'{template}'", $"null or one of {string.Join(", ", NamedChatTemplates.Names)}"));
        if (options.Model is null)
            wrong.Add(Is(nameof(options.Model), "null", "given"));
        if (options.Chat is null)
            wrong.Add(Is(nameof(options.Chat), "null", "given"));
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static string Is(string option, string found, string expected) =>
        $"{nameof(KernelFoundryOptions)}.{option} is {found}; it must be {expected}.";
}
