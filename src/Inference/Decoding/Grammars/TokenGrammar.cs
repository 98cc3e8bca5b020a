namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A grammar compiled for a vocabulary: which tokens may come next in each of its states, as bit masks. A mask is worked out when its state is
/// first met, by one walk through the vocabulary's trie, and remembered. Serves any number of sequences and threads.
/// </summary>
public sealed class TokenGrammar
{
    private const int MostMasks = 8_192;
    private readonly Lock _lock = new();
    private readonly GrammarAutomaton _automaton;
    private readonly TokenTrie _trie;
    private readonly Dictionary<int, int[]> _masks = [];
    private readonly Dictionary<StackSet, int[]> _masksOfTops = [];
    private readonly int[] _path = new int[byte.MaxValue + 1];

    internal TokenGrammar(Grammar grammar, TokenTrie trie)
    {
        _automaton = new GrammarAutomaton(grammar.Rules);
        _trie = trie;
    }

    /// <summary>Number of tokens of the vocabulary.</summary>
    public int Vocabulary => _trie.Vocabulary;

    /// <summary>The state before any token.</summary>
    public int Start => _automaton.Start;

    /// <summary>The state after a token; -1 if the token is not possible.</summary>
    /// <param name="state">A state.</param>
    /// <param name="token">A token.</param>
    public int Next(int state, int token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)Vocabulary, nameof(token));
        lock (_lock)
        {
            byte[] text = _trie.Texts[token];
            if (text.Length == 0)
                return GrammarAutomaton.Dead;
            foreach (byte each in text)
            {
                if (state == GrammarAutomaton.Dead)
                    return state;
                state = _automaton.Step(state, each);
            }

            return state;
        }
    }

    /// <summary>Whether a text in a state is complete.</summary>
    /// <param name="state">A state.</param>
    public bool IsAccepting(int state) => state >= 0 && _automaton.IsAccepting(state);

    /// <summary>Whether a text in a state is complete and cannot go on.</summary>
    /// <param name="state">A state.</param>
    public bool IsEnd(int state) => state >= 0 && _automaton.IsEnd(state);

    /// <summary>The tokens that may come next.</summary>
    /// <param name="state">A state.</param>
    /// <returns>A bit a token, the lowest bit of a word first, [vocabulary / 32 rounded up]; not to be written to.</returns>
    public ReadOnlyMemory<int> Mask(int state)
    {
        lock (_lock)
        {
            if (_masks.TryGetValue(state, out int[]? mask))
                return mask;

            // Tokens reach down only so far: states whose stacks are the same to that depth have the same mask.
            StackSet top = _automaton.Top(state, DepthLimit);
            if (!_masksOfTops.TryGetValue(top, out mask))
                mask = _masksOfTops[top] = Walk(state);
            if (_masks.Count >= MostMasks)
            {
                _masks.Clear();
                _masksOfTops.Clear();
            }

            _masks[state] = mask;
            return mask;
        }
    }

    // A token of n bytes ends at most n frames that stood before, but few end more than some: deeper ones are compared too.
    private int DepthLimit => _longest ??= _trie.Texts.Max(text => (int?)text.Length) ?? 0;

    private int? _longest;

    private int[] Walk(int state)
    {
        var mask = new int[(Vocabulary + 31) / 32];
        int node = 0;
        while (node < _trie.Bytes.Length)
        {
            int depth = _trie.Depths[node];
            int next = _automaton.Step(depth == 0 ? state : _path[depth - 1], _trie.Bytes[node]);
            if (next == GrammarAutomaton.Dead)
            {
                node = _trie.Ends[node];
                continue;
            }

            _path[depth] = next;
            for (int i = _trie.FirstTokens[node]; i < _trie.FirstTokens[node + 1]; i++)
                mask[_trie.Tokens[i] >> 5] |= 1 << _trie.Tokens[i];
            node++;
        }

        return mask;
    }
}
