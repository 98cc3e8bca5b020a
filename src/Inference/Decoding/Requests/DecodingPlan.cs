using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A request made ready for a model: its grammar is compiled once, and any number of prompts can be continued as it asks. For one thread at a time.</summary>
public sealed class DecodingPlan : IDisposable
{
    private readonly DecodingRequest _request;
    private readonly LanguageModel _model;
    private readonly TextGenerator _generator;
    private readonly IReadOnlyList<int> _stops;
    private readonly Lazy<TokenTrie> _trie;
    private readonly TokenGrammar? _grammar;
    private readonly List<ModelPass> _passes = [];

    /// <summary>Makes a request ready.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model; it must stay open.</param>
    /// <exception cref="ArgumentException">A setting is out of its range or does not fit the model, or two contradict each other; the message names them.</exception>
    public DecodingPlan(DecodingRequest request, LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(model);
        request.Validate(model);
        (_request, _model, _generator) = (request, model, new TextGenerator(model));
        _stops = request.Generation.StopTokensOf(model.Tokenizer);
        _trie = new Lazy<TokenTrie>(() => TokenTrie.Create(model.Tokenizer));
        _grammar = request is { Grammar: { } grammar, Heals: false } ? grammar.For(_trie.Value) : null;
    }

    /// <summary>Whether texts are searched for, by <see cref="Search"/>, and not generated token by token.</summary>
    public bool Searches => _request.Search.IsOn;

    /// <summary>What a prompt becomes.</summary>
    /// <param name="prompt">The prompt's tokens, at least one.</param>
    /// <returns>The prompt to continue, which healing makes shorter, and how to continue it: for one sequence, until the plan is disposed of.</returns>
    /// <exception cref="ArgumentException">The prompt of the second pass is too long.</exception>
    public (int[] Prompt, GenerationOptions Options) For(ReadOnlySpan<int> prompt)
    {
        (int[] taken, LogitsProcessor? constraint) = Constrained(prompt);
        LogitsProcessor?[] processors = [Guided(prompt), constraint];
        GenerationOptions options = _request.Generation.Before([.. processors.OfType<LogitsProcessor>()], _stops);
        return (taken, options with { Speculation = _request.Drafts.ToSpeculation() });
    }

    /// <summary>Continues a prompt by the search the request asks for.</summary>
    /// <inheritdoc cref="TextSearch.Run"/>
    /// <param name="prompt">The prompt's tokens, at least one.</param>
    /// <param name="cancellationToken">Ends it between steps.</param>
    public IReadOnlyList<Hypothesis> Search(ReadOnlySpan<int> prompt, CancellationToken cancellationToken = default)
    {
        (int[] taken, GenerationOptions options) = For(prompt);
        return TextSearch.Run(_model, taken, options, _request.Search, cancellationToken);
    }

    /// <summary>Frees the memory of second passes.</summary>
    public void Dispose()
    {
        foreach (ModelPass pass in _passes)
            pass.Dispose();
        _passes.Clear();
    }

    private (int[] Prompt, LogitsProcessor? Constraint) Constrained(ReadOnlySpan<int> prompt) => _request.Heals
        ? TokenHealing.Heal(_model.Tokenizer, _trie.Value, prompt, _stops, _request.Grammar)
        : (prompt.ToArray(), _grammar is null ? null : new GrammarConstraint(_grammar, _stops));

    private Guidance? Guided(ReadOnlySpan<int> prompt)
    {
        if (!_request.Guidance.IsOn)
            return null;
        ModelPass pass = _request.Guidance.Begin(_model, _request.Guidance.NegativePrompt is { } negative ? _generator.Encode(negative) : prompt, _request.Generation.MaxTokens);
        _passes.Add(pass);
        return new Guidance(pass, _request.Guidance.Scale, _request.Guidance.Plausibility);
    }
}
