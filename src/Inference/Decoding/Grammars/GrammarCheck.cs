namespace KernelFoundry.Inference.Decoding;

/// <summary>Refuses grammars that a matcher could not follow: rules that can begin with themselves, and rules that match no text at all.</summary>
internal sealed class GrammarCheck(string source, List<List<int[]>> rules, List<int> offsets)
{
    private readonly bool[] _isNullable = new bool[rules.Count];
    private readonly bool[] _isProductive = new bool[rules.Count];

    /// <exception cref="GrammarException">The grammar is refused.</exception>
    public void Run(int root)
    {
        Fix(_isNullable, (alternative, done) => alternative.All(element => element < 0 && done[~element]));
        Fix(_isProductive, (alternative, done) => alternative.All(element => element >= 0 || done[~element]));
        foreach (int rule in Reachable(root))
        {
            if (!_isProductive[rule])
                throw new GrammarException(source, offsets[rule], "This rule matches no text: every way through it comes back to itself. Add an end.");
        }

        CheckLeftRecursion();
    }

    private void Fix(bool[] done, Func<int[], bool[], bool> holds)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int rule = rules.Count - 1; rule >= 0; rule--)
            {
                if (!done[rule] && rules[rule].Any(alternative => holds(alternative, done)))
                    changed = done[rule] = true;
            }
        }
    }

    private HashSet<int> Reachable(int root)
    {
        var seen = new HashSet<int> { root };
        var open = new Stack<int>([root]);
        while (open.TryPop(out int rule))
        {
            foreach (int element in rules[rule].SelectMany(alternative => alternative))
            {
                if (element < 0 && seen.Add(~element))
                    open.Push(~element);
            }
        }

        return seen;
    }

    // A rule that a rule can begin with is an edge. Going round a cycle of edges that are all the ends of their alternatives adds nothing to the
    // stack, and repetitions of what may be empty do so; going round any other grows it without reading a byte.
    private void CheckLeftRecursion()
    {
        int[] component = Components();
        for (int rule = 0; rule < rules.Count; rule++)
        {
            foreach ((int next, bool isTail) in Beginnings(rule))
            {
                if (!isTail && component[next] == component[rule])
                {
                    throw new GrammarException(source, offsets[rule], "This rule is left-recursive: it can begin with itself. Write the repetition "
                        + "with * or +, or put the recursion at the end.");
                }
            }
        }
    }

    private IEnumerable<(int Rule, bool IsTail)> Beginnings(int rule)
    {
        foreach (int[] alternative in rules[rule])
        {
            for (int i = 0; i < alternative.Length && alternative[i] < 0; i++)
            {
                yield return (~alternative[i], i == alternative.Length - 1);
                if (!_isNullable[~alternative[i]])
                    break;
            }
        }
    }

    // Strongly connected components (Tarjan, 1972), with a stack of its own: rules may be nested deeply.
    private int[] Components()
    {
        int count = rules.Count, time = 0, components = 0;
        int[] index = new int[count], low = new int[count], component = new int[count];
        Array.Fill(component, -1);
        var path = new Stack<int>();
        var calls = new Stack<(int Rule, IEnumerator<(int Rule, bool)> Edges)>();
        for (int start = 0; start < count; start++)
        {
            if (index[start] != 0)
                continue;
            Enter(start);
            while (calls.TryPeek(out var call))
            {
                if (call.Edges.MoveNext())
                {
                    int next = call.Edges.Current.Rule;
                    if (index[next] == 0)
                        Enter(next);
                    else if (component[next] < 0)
                        low[call.Rule] = Math.Min(low[call.Rule], index[next]);
                    continue;
                }

                calls.Pop();
                if (calls.TryPeek(out var caller))
                    low[caller.Rule] = Math.Min(low[caller.Rule], low[call.Rule]);
                if (low[call.Rule] != index[call.Rule])
                    continue;
                int member;
                do
                    component[member = path.Pop()] = components;
                while (member != call.Rule);
                components++;
            }
        }

        return component;

        void Enter(int rule)
        {
            index[rule] = low[rule] = ++time;
            path.Push(rule);
            calls.Push((rule, Beginnings(rule).GetEnumerator()));
        }
    }
}
