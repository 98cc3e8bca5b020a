using System.Text.Json;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Chat;

/// <summary>
/// The chat templates a model comes with, by name: "default", and others such as "tool_use". They are read as templates only when they are
/// asked for.
/// </summary>
public sealed class ChatTemplates
{
    private const string Default = "default";
    private const string ToolUse = "tool_use";
    private const string Key = "tokenizer.chat_template";
    private readonly IReadOnlyDictionary<string, string> _sources;
    private readonly string _model;

    private ChatTemplates(string model, IReadOnlyDictionary<string, string> sources, ChatTokens tokens)
    {
        _model = model;
        _sources = sources;
        Tokens = tokens;
    }

    /// <summary>Names of the templates; none if the model comes without.</summary>
    public IReadOnlyCollection<string> Names => [.. _sources.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Texts of the model's special tokens.</summary>
    public ChatTokens Tokens { get; }

    /// <summary>The templates of a GGUF file: <c>tokenizer.chat_template</c> and, for each name, <c>tokenizer.chat_template.NAME</c>.</summary>
    /// <param name="file">The file; it may be closed afterwards.</param>
    /// <param name="tokens">Texts of its special tokens.</param>
    /// <exception cref="InvalidModelException">An entry is not a text.</exception>
    public static ChatTemplates Read(GgufFile file, ChatTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(file);
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (GgufValue entry in file.Metadata)
        {
            if (entry.Key.StartsWith(Key + ".", StringComparison.Ordinal))
                sources[entry.Key[(Key.Length + 1)..]] = entry.GetString();
        }

        if (file.Metadata.TryGetString(Key, out string? source))
            sources[Default] = source;
        return new ChatTemplates(file.Name, sources, tokens);
    }

    /// <summary>
    /// The templates of a <c>tokenizer_config.json</c>: <c>chat_template</c> is one text, or a list of objects with <c>name</c> and
    /// <c>template</c>. Special tokens come from the same file.
    /// </summary>
    /// <param name="json">The file's text.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="separate">Text of a <c>chat_template.jinja</c> beside it, which goes before; null if there is none.</param>
    /// <exception cref="InvalidModelException">The text is not such a file.</exception>
    public static ChatTemplates ReadTokenizerConfig(string json, string name, string? separate = null)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            Dictionary<string, string> sources = TokenizerConfig.Templates(document.RootElement, name);
            if (separate is not null)
                sources[Default] = separate;
            return new ChatTemplates(name, sources, TokenizerConfig.Tokens(document.RootElement));
        }
        catch (JsonException error)
        {
            throw new InvalidModelException(name, "the file", $"not JSON ({error.Message})", "a tokenizer configuration");
        }
    }

    /// <summary>Sets them in a model file that is being written, as <see cref="Read"/> reads them.</summary>
    internal void WriteTo(GgufWriter writer)
    {
        foreach (var (name, source) in _sources)
            writer.Set(name == Default ? Key : $"{Key}.{name}", source);
    }

    /// <summary>One of the templates.</summary>
    /// <param name="name">
    /// Its name; null for the one that fits: "tool_use", where there is one, if there are tools, and else "default".
    /// </param>
    /// <param name="hasTools">Whether tools will be given.</param>
    /// <param name="options">What the template may use up.</param>
    /// <exception cref="InvalidModelException">There is no such template. None is made up; <see cref="NamedChatTemplates"/> has some to ask for.</exception>
    /// <exception cref="TemplateException">It is not a template.</exception>
    public ChatTemplate Get(string? name = null, bool hasTools = false, TemplateOptions? options = null)
    {
        string chosen = name ?? (hasTools && _sources.ContainsKey(ToolUse) ? ToolUse : Default);
        if (_sources.TryGetValue(chosen, out string? source))
            return ChatTemplate.Parse(source, chosen, Tokens, options);
        string found = _sources.Count == 0 ? "absent" : $"absent; there are {string.Join(", ", Names)}";
        throw new InvalidModelException(_model, $"the chat template '{chosen}'", found,
            $"a chat template, or one asked for by name: {string.Join(", ", NamedChatTemplates.Names)}");
    }
}
