namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Bans tokens that would leave a grammar. Tokens that end the generation are allowed where the text is complete, and only they where it cannot go
/// on; without such tokens the generation ends there. It follows the generated tokens by itself, so searches may take texts back or continue them in several ways.
/// </summary>
/// <param name="Grammar">The compiled grammar.</param>
/// <param name="StopTokens">Tokens that end a generation.</param>
public sealed record GrammarConstraint(TokenGrammar Grammar, IReadOnlyList<int> StopTokens) : LogitsProcessor
{
    private const int MostMemories = 16;
    private readonly List<(int[] Tokens, int State)> _memories = [];
    private int[] _mask = [];

    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<int> generated = context.Tokens.Span[context.PromptLength..];
        lock (_memories)
        {
            int state = StateAfter(generated);
            ReadOnlyMemory<int> allowed = Grammar.Mask(state);
            if (!Grammar.IsAccepting(state))
            {
                context.Allow(allowed.Span);
                return;
            }

            if (StopTokens.Count == 0 && !allowed.Span.ContainsAnyExcept(0))
            {
                context.Complete();
                return;
            }

            if (_mask.Length != allowed.Length)
                _mask = new int[allowed.Length];
            allowed.Span.CopyTo(_mask);
            foreach (int token in StopTokens)
                _mask[token >> 5] |= 1 << token;
            context.Allow(_mask);
        }
    }

    /// <summary>The grammar's state after tokens; -1 if they left it.</summary>
    /// <param name="generated">The tokens.</param>
    internal int StateAfter(ReadOnlySpan<int> generated)
    {
        // From the longest beginning that was met before.
        int best = -1;
        for (int i = 0; i < _memories.Count; i++)
        {
            if ((best < 0 || _memories[i].Tokens.Length > _memories[best].Tokens.Length) && generated.StartsWith(_memories[i].Tokens))
                best = i;
        }

        int state = best < 0 ? Grammar.Start : _memories[best].State;
        int done = best < 0 ? 0 : _memories[best].Tokens.Length;
        if (done == generated.Length)
            return state;
        foreach (int token in generated[done..])
        {
            if (state >= 0)
                state = Grammar.Next(state, token);
        }

        if (_memories.Count == MostMemories)
            _memories.RemoveAt(0);
        _memories.Add((generated.ToArray(), state));
        if (state < 0)
            throw new InvalidOperationException("The generated tokens are not of the grammar: something else than this constraint allowed one.");
        return state;
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Grammar.Vocabulary == vocabulary, nameof(Grammar), Grammar.Vocabulary, $"compiled for the model's vocabulary of {vocabulary} tokens");
        RequireTokens(nameof(StopTokens), StopTokens, vocabulary);
    }
}
