using System.Runtime.CompilerServices;
using System.Text;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Chat;

/// <summary>
/// Answers conversations. Keys and values are kept from one answer to the next, so that of a conversation that goes on only what is new
/// goes through the model. For one answer at a time.
/// </summary>
/// <param name="model">The model; it must stay open as long as the session.</param>
public sealed class ChatSession(LanguageModel model) : IDisposable
{
    private readonly PromptCache _cache = new(model);
    private readonly TextGenerator _generator = new(model);
    private TokenTrie? _trie;
    private (Grammar Source, TokenGrammar Compiled)? _grammar;

    /// <summary>Tokens whose keys and values are kept.</summary>
    public int CachedTokens => _cache.Length;

    /// <summary>The tokens a conversation becomes.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="settings">How it is written.</param>
    /// <exception cref="InvalidModelException">The model has no chat template, and the settings name none.</exception>
    /// <exception cref="TemplateException">The template cannot write such a conversation.</exception>
    public int[] Encode(IReadOnlyList<ChatMessage> messages, ChatSettings? settings = null)
    {
        settings ??= new ChatSettings();
        return Encode(Render(messages, settings, TemplateOf(settings)));
    }

    /// <summary>Answers a conversation, piece by piece, without blocking the caller.</summary>
    /// <param name="messages">The conversation, which ends with what is to be answered.</param>
    /// <param name="settings">How it is written and answered.</param>
    /// <param name="cancellationToken">Ends the answer: the last piece then says <see cref="FinishReason.Cancelled"/>, and nothing is thrown.</param>
    /// <returns>Pieces, and one last one. It can be enumerated once or more; every time answers anew.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the conversation is longer than the model's context.</exception>
    /// <exception cref="InvalidModelException">The model has no chat template and the settings name none, or its logits are not finite numbers.</exception>
    /// <exception cref="TemplateException">The template cannot write such a conversation.</exception>
    /// <exception cref="InvalidOperationException">While enumerated: another answer of the session has not ended yet.</exception>
    public IAsyncEnumerable<ChatAnswer> AnswerAsync(
        IReadOnlyList<ChatMessage> messages, ChatSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        settings ??= new ChatSettings();
        ChatTemplate template = TemplateOf(settings);
        ChatFormat format = settings.Format ?? ChatFormats.Detect(template.Source);
        string prompt = Render(messages, settings, template);
        IReadOnlyList<int> stops = settings.Generation.StopTokens ?? ChatStopTokens.Find(model.File, model.Tokenizer, format);
        GenerationOptions generation = settings.Grammar is { } grammar ? settings.Generation.Before(new GrammarConstraint(Compiled(grammar), stops)) : settings.Generation;
        GenerationOptions options = generation with
        {
            StopTokens = stops,
            IncludeSpecial = true,
            PromptCache = _cache,
        };
        ChatOutputParser parser = format.CreateParser(prompt, messages.Sum(m => m.ToolCalls.Count));
        return AnswerAsync(_generator.GenerateAsync(Encode(prompt), options, cancellationToken), parser, cancellationToken);
    }

    /// <summary>Forgets the keys and values.</summary>
    public void Clear() => _cache.Clear();

    /// <summary>Frees the keys and values.</summary>
    public void Dispose() => _cache.Dispose();

    // The masks of one grammar are kept for the next answer.
    private TokenGrammar Compiled(Grammar grammar)
    {
        if (_grammar is not { } known || known.Source != grammar)
            _grammar = known = (grammar, grammar.For(_trie ??= TokenTrie.Create(model.Tokenizer)));
        return known.Compiled;
    }

    private ChatTemplate TemplateOf(ChatSettings settings) => settings.Template ?? model.ChatTemplates.Get(hasTools: settings.Tools.Count > 0);

    private static string Render(IReadOnlyList<ChatMessage> messages, ChatSettings settings, ChatTemplate template) =>
        template.Render(messages, new ChatPrompt { Tools = settings.Tools, Variables = settings.Variables });

    // The template writes the control tokens itself; the first one is added where the model wants it and the template forgot it.
    private int[] Encode(string prompt)
    {
        int[] tokens = model.Tokenizer.Encode(prompt, parseSpecial: true);
        bool needsBos = tokens.Length == 0 || (model.Tokenizer.AddBos && tokens[0] != model.Tokenizer.BosId);
        return needsBos && model.Tokenizer.BosId is { } bos ? [bos, .. tokens] : tokens;
    }

    private static async IAsyncEnumerable<ChatAnswer> AnswerAsync(
        IAsyncEnumerable<GenerationChunk> chunks, ChatOutputParser parser, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StringBuilder text = new(), reasoning = new();
        var calls = new List<ChatToolCall>();
        await foreach (GenerationChunk chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            IEnumerable<ChatDelta> deltas = chunk.Text.Length > 0 ? parser.Append(chunk.Text) : [];
            if (chunk.FinishReason is not null)
                deltas = deltas.Concat(parser.Flush());
            foreach (ChatDelta delta in deltas)
            {
                text.Append(delta.Text);
                reasoning.Append(delta.Reasoning);
                if (delta.ToolCall is { } call)
                    calls.Add(call);
                yield return new ChatAnswer(delta);
            }

            if (chunk.FinishReason is not { } reason)
                continue;
            var message = new ChatMessage(ChatRoles.Assistant, text.ToString())
            {
                Reasoning = reasoning.Length > 0 ? reasoning.ToString() : null,
                ToolCalls = calls,
            };
            yield return new ChatAnswer(default, message, reason, chunk.Statistics);
        }
    }
}
