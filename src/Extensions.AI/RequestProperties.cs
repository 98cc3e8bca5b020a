using System.Text.Json;
using KernelFoundry.Inference.Decoding;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>The options of <see cref="DecodingOptionTable"/> that a request gives: by properties of its own, or as additional ones.</summary>
internal static class RequestProperties
{
    private static readonly JsonElement s_object = JsonDocument.Parse("{\"type\":\"object\"}").RootElement.Clone();

    private static readonly Dictionary<string, Func<ChatOptions, object?>> s_own = new()
    {
        [nameof(ChatOptions.Temperature)] = o => o.Temperature,
        [nameof(ChatOptions.TopK)] = o => o.TopK,
        [nameof(ChatOptions.TopP)] = o => o.TopP,
        [nameof(ChatOptions.Seed)] = o => o.Seed,
        [nameof(ChatOptions.FrequencyPenalty)] = o => o.FrequencyPenalty,
        [nameof(ChatOptions.PresencePenalty)] = o => o.PresencePenalty,
        [nameof(ChatOptions.MaxOutputTokens)] = o => o.MaxOutputTokens,
        [nameof(ChatOptions.StopSequences)] = o => o.StopSequences,
        [nameof(ChatOptions.Tools)] = _ => null,
    };

    /// <summary>Whether an additional property is one of them.</summary>
    public static bool Has(string name) => DecodingOptionTable.Options.ContainsKey(name);

    /// <summary>The properties of requests that have options.</summary>
    public static IReadOnlyCollection<string> Own => s_own.Keys;

    /// <summary>The options with their values, and what each is called.</summary>
    /// <exception cref="ArgumentException">An additional property is none that requests can have, or is there twice.</exception>
    public static IReadOnlyList<(DecodingOption Option, object Value, string Name)> Read(ChatOptions options)
    {
        var given = new List<(DecodingOption Option, object Value, string Name)>();
        foreach (DecodingOption option in DecodingOptionTable.Options.Values.Where(option => option.ChatProperty is not null))
        {
            if (s_own[option.ChatProperty!](options) is { } value)
                given.Add((option, value, $"{nameof(ChatOptions)}.{option.ChatProperty}"));
        }

        if (options.ResponseFormat is ChatResponseFormatJson json)
            given.Add((DecodingOptionTable.Options["json_schema"], json.Schema ?? s_object, $"{nameof(ChatOptions)}.{nameof(options.ResponseFormat)}"));
        foreach ((string name, object? value) in options.AdditionalProperties ?? [])
        {
            if (value is null || !DecodingOptionTable.Options.TryGetValue(name, out DecodingOption? option))
                continue;
            string called = $"{nameof(ChatOptions)}.{nameof(options.AdditionalProperties)}[\"{name}\"]";
            if ((option.NotInChat ?? option.NotInRequests) is { } why)
                throw new ArgumentException($"{called} is not for requests: {why}.");
            if (option.ChatProperty is { } own)
                throw new ArgumentException($"{called} has a property of its own: set {nameof(ChatOptions)}.{own}.");
            if (given.FirstOrDefault(each => each.Option == option).Name is { } other)
                throw new ArgumentException($"{other} and {called} both say what the answer is; leave one out.");
            given.Add((option, value, called));
        }

        return given;
    }
}
