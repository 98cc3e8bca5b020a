using System.Text.Json;
using KernelFoundry.Inference.Decoding;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>What a request wants its answer to be: its response format, or an additional property with a grammar. The last grammar is kept, with its masks.</summary>
internal sealed class AnswerGrammar
{
    private static readonly Dictionary<string, Func<object, Grammar>> s_properties = new()
    {
        ["regex"] = value => Grammar.FromRegex(Text(value)),
        ["grammar"] = value => Grammar.FromGbnf(Text(value)),
        ["lark"] = value => Grammar.FromLark(Text(value)),
        ["choices"] = value => Grammar.FromChoices(Texts(value)),
    };

    private readonly Lock _reading = new();
    private (string Key, Grammar Grammar)? _last;

    /// <summary>Whether a property's name is one of them.</summary>
    public static bool Has(string name) => s_properties.ContainsKey(name);

    /// <summary>The grammar; null where any text will do.</summary>
    /// <exception cref="ArgumentException">Two are asked for, or one cannot be used.</exception>
    public Grammar? Read(ChatOptions options)
    {
        var asked = new List<(string Option, string Key, Func<Grammar> Read)>();
        if (options.ResponseFormat is ChatResponseFormatJson json)
        {
            asked.Add((nameof(options.ResponseFormat), json.Schema?.GetRawText() ?? "", () => json.Schema is { } schema ? Grammar.FromJsonSchema(schema) : Grammar.Json(onlyObjects: true)));
        }

        foreach ((string name, object? value) in options.AdditionalProperties ?? [])
        {
            if (value is not null && s_properties.TryGetValue(name, out Func<object, Grammar>? read))
                asked.Add(($"{nameof(options.AdditionalProperties)}[\"{name}\"]", value is IEnumerable<string> texts ? string.Join('\0', texts) : $"{value}", () => read(value)));
        }

        if (asked.Count > 1)
            throw new ArgumentException($"ChatOptions.{asked[0].Option} and ChatOptions.{asked[1].Option} both say what the answer is; leave one out.");
        return asked.Count == 0 ? null : Read(asked[0].Option, asked[0].Key, asked[0].Read);
    }

    private Grammar Read(string option, string key, Func<Grammar> read)
    {
        key = $"{option}\n{key}";
        lock (_reading)
        {
            if (_last?.Key == key)
                return _last.Value.Grammar;
            try
            {
                _last = (key, read());
            }
            catch (Exception error) when (error is GrammarException or ArgumentException)
            {
                throw new ArgumentException($"ChatOptions.{option} cannot be used: {error.Message}", error);
            }

            return _last.Value.Grammar;
        }
    }

    private static string Text(object value) => value switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        _ => throw new ArgumentException($"It is of the type {value.GetType().Name} and must be a text."),
    };

    private static string[] Texts(object value) => value switch
    {
        IEnumerable<string> texts => [.. texts],
        JsonElement { ValueKind: JsonValueKind.Array } json => [.. json.EnumerateArray().Select(each => Text(each))],
        _ => throw new ArgumentException($"It is of the type {value.GetType().Name} and must be a list of texts."),
    };
}
