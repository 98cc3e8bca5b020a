using System.Diagnostics;
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
    private (ChatFormat Format, TokenTrie Trie)? _callTrie;
    private (object Source, Grammar Grammar, TokenGrammar Compiled)? _grammar;

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
        settings.Guidance.Validate(model);
        ChatTemplate template = TemplateOf(settings);
        ChatFormat format = settings.Format ?? ChatFormats.Detect(template.Source);
        string prompt = Render(messages, settings, template);
        int[] tokens = Encode(prompt);
        IReadOnlyList<int> stops = settings.Generation.StopTokens ?? ChatStopTokens.Find(model.File, model.Tokenizer, format);
        GrammarConstraint? constraint = ConstraintOf(settings, format, format.Reasoning?.Before(template.Source, prompt) ?? RequiredThoughts.None, stops);
        GenerationOptions options = settings.Generation with { StopTokens = stops, IncludeSpecial = true };
        Func<ChatOutputParser> parser = () => format.CreateParser(prompt, messages.Sum(m => m.ToolCalls.Count));
        if (settings.Search.IsOn)
        {
            GenerationOptions searched = options.Before(constraint is null ? [] : [constraint], stops);
            TextSearch.Validate(model, searched, settings.Search, searched.ToPipeline(stops));
            return settings.Guidance.IsOn
                ? throw new ArgumentException("Guidance follows one text, and searches several; leave out the options of one of them.", nameof(settings))
                : SearchAsync(tokens, searched, settings.Search, parser, cancellationToken);
        }

        _generator.Check(tokens, options);
        int[]? second = settings.Guidance.IsOn ? Encode(Render(Guided(messages, settings.Guidance), settings, template)) : null;
        return StreamAsync();

        async IAsyncEnumerable<ChatAnswer> StreamAsync()
        {
            using ModelPass? pass = second is null ? null : settings.Guidance.Begin(model, second, options.MaxTokens);
            LogitsProcessor?[] processors = [pass is null ? null : new Guidance(pass, settings.Guidance.Scale, settings.Guidance.Plausibility), constraint];
            GenerationOptions constrained = options.Before([.. processors.OfType<LogitsProcessor>()], stops) with { PromptCache = _cache };
            await foreach (ChatAnswer answer in AnswerAsync(_generator.GenerateAsync(tokens, constrained, cancellationToken), parser(), cancellationToken).ConfigureAwait(false))
                yield return answer;
        }
    }

    /// <summary>Forgets the keys and values.</summary>
    public void Clear() => _cache.Clear();

    /// <summary>Frees the keys and values.</summary>
    public void Dispose() => _cache.Dispose();

    private GrammarConstraint? ConstraintOf(ChatSettings settings, ChatFormat format, RequiredThoughts thoughts, IReadOnlyList<int> stops)
    {
        if (!settings.RequiresCall)
            return settings.Grammar is { } grammar ? new GrammarConstraint(Compiled(grammar, grammar, () => _trie ??= TokenTrie.Create(model.Tokenizer)), stops) : null;
        if (settings.Grammar is not null)
            throw new ArgumentException($"{nameof(ChatSettings)}.{nameof(settings.Grammar)} and {nameof(settings.RequiresCall)} both say what the answer is; leave one out.");
        string key = string.Join('\n', settings.Tools.Select(tool => $"{tool.Name}\n{tool.Parameters}").Prepend($"{format.Name} {thoughts}"));
        Grammar? known = _grammar?.Source as string == key ? _grammar!.Value.Grammar : null;
        return new GrammarConstraint(Compiled(key, known ?? RequiredCall.Of(format, settings.Tools, thoughts), () => CallTrie(format)), stops);
    }

    // The masks of one grammar are kept for the next answer.
    private TokenGrammar Compiled(object source, Grammar grammar, Func<TokenTrie> trie)
    {
        if (_grammar is not { } known || !known.Source.Equals(source))
            _grammar = known = (source, grammar, grammar.For(trie()));
        return known.Compiled;
    }

    private TokenTrie CallTrie(ChatFormat format)
    {
        if (_callTrie?.Format != format)
            _callTrie = (format, TokenTrie.Create(model.Tokenizer, RequiredCall.MarkersOf(format)));
        return _callTrie.Value.Trie;
    }

    private static IReadOnlyList<ChatMessage> Guided(IReadOnlyList<ChatMessage> messages, GuidanceOptions guidance) => guidance.NegativePrompt is { } negative
        ? [new ChatMessage(ChatRoles.System, negative), .. messages.Where(message => message.Role != ChatRoles.System)]
        : messages;

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
        var steps = new List<StepLogProbabilities>();
        await foreach (GenerationChunk chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (chunk.LogProbabilities is { } step)
                steps.Add(step);
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
            yield return new ChatAnswer(default, Message(text, reasoning, calls), reason, chunk.Statistics) { LogProbabilities = steps.Count > 0 ? steps : null };
        }
    }

    private async IAsyncEnumerable<ChatAnswer> SearchAsync(
        int[] tokens, GenerationOptions options, TextSearchOptions search, Func<ChatOutputParser> parser, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<Hypothesis>? found = null;
        try
        {
            found = await Task.Run(() => TextSearch.Run(model, tokens, options, search, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }

        (ChatHypothesis Hypothesis, IReadOnlyList<ChatDelta> Deltas)[] answers = [.. (found ?? []).Select(each => Read(each, parser()))];
        foreach (ChatDelta delta in answers.Length > 0 ? answers[0].Deltas : [])
            yield return new ChatAnswer(delta);
        FinishReason reason = found is null ? FinishReason.Cancelled : answers is [{ Hypothesis.Found.IsFinished: true }, ..] ? FinishReason.Stop : FinishReason.Length;
        yield return new ChatAnswer(default, answers.Length > 0 ? answers[0].Hypothesis.Message : new ChatMessage(ChatRoles.Assistant, ""), reason, new GenerationStatistics
        {
            PromptTokens = tokens.Length,
            GeneratedTokens = answers.Sum(each => each.Hypothesis.Found.Tokens.Count),
            PrefillTime = TimeSpan.Zero,
            DecodeTime = Stopwatch.GetElapsedTime(started),
        })
        {
            Hypotheses = [.. answers.Select(each => each.Hypothesis)],
        };
    }

    private (ChatHypothesis Hypothesis, IReadOnlyList<ChatDelta> Deltas) Read(Hypothesis found, ChatOutputParser parser)
    {
        string text = model.Tokenizer.Decode([.. found.Tokens], atTextStart: false, includeSpecial: true);
        ChatDelta[] deltas = [.. parser.Append(text), .. parser.Flush()];
        var said = new StringBuilder().AppendJoin("", deltas.Select(delta => delta.Text));
        var thought = new StringBuilder().AppendJoin("", deltas.Select(delta => delta.Reasoning));
        return (new ChatHypothesis(Message(said, thought, [.. deltas.Select(delta => delta.ToolCall).OfType<ChatToolCall>()]), found), deltas);
    }

    private static ChatMessage Message(StringBuilder text, StringBuilder reasoning, IReadOnlyList<ChatToolCall> calls) => new(ChatRoles.Assistant, text.ToString())
    {
        Reasoning = reasoning.Length > 0 ? reasoning.ToString() : null,
        ToolCalls = calls,
    };
}
