using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The pushdown automaton of a grammar, made as texts are read. A state is the set of stacks that a text may have led to; stacks share their
/// frames and states are numbered, so that two texts that may go on alike are in the same state. Steps are remembered: what was read before is a
/// look-up, as in a finite automaton.
/// </summary>
internal sealed class GrammarAutomaton
{
    /// <summary>The state of texts that cannot be continued to one of the grammar.</summary>
    public const int Dead = -1;

    private const int Bottom = -1;
    private const int MostStacks = 100_000;
    private const int MostFrames = 4_000_000;
    private readonly GrammarRules _rules;
    private readonly Dictionary<long, int> _frameOf = [];
    private readonly List<(int Element, int Below)> _frames = [];
    private readonly Dictionary<StackSet, int> _stateOf = [];
    private readonly List<StackSet> _states = [];
    private readonly Dictionary<long, int> _steps = [];

    // Of one step: what has been seen, what is to be looked at, and what was found.
    private readonly HashSet<int> _seen = [];
    private readonly Stack<int> _open = new();
    private readonly List<int> _found = [];
    private bool _accepts;

    public GrammarAutomaton(GrammarRules rules)
    {
        _rules = rules;
        Begin();
        PushRule(rules.Root, Bottom);
        Start = Finish();
    }

    /// <summary>The state of the empty text.</summary>
    public int Start { get; }

    /// <summary>Whether a state's texts are complete.</summary>
    public bool IsAccepting(int state) => _states[state].Accepts;

    /// <summary>Whether a state's texts cannot be continued.</summary>
    public bool IsEnd(int state) => _states[state].Frames.Length == 0;

    /// <summary>The state after one more byte; <see cref="Dead"/> if there is none.</summary>
    /// <exception cref="InvalidOperationException">The grammar is too ambiguous to follow.</exception>
    public int Step(int state, byte next)
    {
        long key = ((long)state << 8) | next;
        if (_steps.TryGetValue(key, out int known))
            return known;
        Begin();
        foreach (int frame in _states[state].Frames)
        {
            (int element, int below) = _frames[frame];
            if (_rules.Sets[_rules.Elements[element]].Contains(next))
                Push(element + 1, below);
        }

        int result = Finish();
        _steps[key] = result;
        return result;
    }

    /// <summary>
    /// The frames of a state's stacks down to a depth, as a key: what states have in common that differ only in what lies deeper.
    /// </summary>
    public StackSet Top(int state, int depth)
    {
        var frames = new List<int>();
        foreach (int top in _states[state].Frames)
        {
            int frame = top;
            for (int i = 0; i < depth; i++)
            {
                frames.Add(frame == Bottom ? Bottom : _frames[frame].Element);
                frame = frame == Bottom ? Bottom : _frames[frame].Below;
            }

            frames.Add(frame == Bottom ? -2 : -3);
        }

        return new StackSet([.. frames], _states[state].Accepts);
    }

    /// <summary>How deep a state's deepest stack is.</summary>
    public int Depth(int state)
    {
        int deepest = 0;
        foreach (int top in _states[state].Frames)
        {
            int depth = 0;
            for (int frame = top; frame != Bottom; frame = _frames[frame].Below)
                depth++;
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    private void Begin()
    {
        _seen.Clear();
        _open.Clear();
        _found.Clear();
        _accepts = false;
    }

    private int Finish()
    {
        while (_open.TryPop(out int frame))
        {
            (int element, int below) = _frames[frame];
            int kind = _rules.Elements[element];
            if (kind >= 0)
                _found.Add(frame);
            else
                PushRule(~kind, _rules.Elements[element + 1] == GrammarRules.End ? below : Frame(element + 1, below));
            if (_seen.Count > MostStacks)
            {
                throw new InvalidOperationException($"The grammar is too ambiguous: after this text there are more than {MostStacks} ways to read it. "
                    + "Make its rules begin differently.");
            }
        }

        _found.Sort();
        var set = new StackSet([.. _found], _accepts);
        if (set.Frames.Length == 0 && !_accepts)
            return Dead;
        if (!_stateOf.TryGetValue(set, out int state))
        {
            state = _states.Count;
            _stateOf.Add(set, state);
            _states.Add(set);
        }

        return state;
    }

    private void PushRule(int rule, int below)
    {
        foreach (int alternative in _rules.Alternatives[rule])
            Push(alternative, below);
    }

    // Goes on at an element: at the end of an alternative that is what lies below.
    private void Push(int element, int below)
    {
        while (_rules.Elements[element] == GrammarRules.End)
        {
            if (below == Bottom)
            {
                _accepts = true;
                return;
            }

            (element, below) = _frames[below];
        }

        int frame = Frame(element, below);
        if (_seen.Add(frame))
            _open.Push(frame);
    }

    private int Frame(int element, int below)
    {
        ref int frame = ref CollectionsMarshal.GetValueRefOrAddDefault(_frameOf, ((long)element << 32) | (uint)below, out bool isKnown);
        if (isKnown)
            return frame;
        if (_frames.Count >= MostFrames)
            throw new InvalidOperationException($"The text is nested too deeply for the grammar's automaton: more than {MostFrames} frames.");
        frame = _frames.Count;
        _frames.Add((element, below));
        return frame;
    }
}
