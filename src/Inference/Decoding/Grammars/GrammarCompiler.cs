namespace KernelFoundry.Inference.Decoding;

/// <summary>Turns named patterns into rules over bytes, and refuses what cannot be matched in bounded time.</summary>
internal sealed class GrammarCompiler
{
    // A repetition is written out: its counts multiply.
    private const int MostElements = 400_000;
    private const int DeepestPattern = 500;
    private readonly string _source;
    private readonly IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> _named;
    private readonly Dictionary<string, int> _ruleOf = [];
    private readonly List<List<int[]>> _rules = [];
    private readonly List<int> _offsets = [];
    private readonly List<ByteSet> _sets = [];
    private readonly Dictionary<ByteSet, int> _setOf = [];
    private readonly Dictionary<Pattern, int> _shared = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<string> _open = new();
    private int _elements;
    private int _depth;
    private int _offset;

    private GrammarCompiler(string source, IReadOnlyDictionary<string, (Pattern, int)> named) => (_source, _named) = (source, named);

    /// <summary>Compiles the rules a root needs.</summary>
    /// <param name="source">The text they were read from, for messages.</param>
    /// <param name="root">Name of the rule of the whole text.</param>
    /// <param name="rules">Rules by name, with where they stand in the source.</param>
    /// <exception cref="GrammarException">
    /// A rule is missing, is left-recursive, never ends, or the grammar is too large.
    /// </exception>
    public static GrammarRules Compile(string source, string root, IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> rules)
    {
        var compiler = new GrammarCompiler(source, rules);
        int first = compiler.Rule(root, 0);
        while (compiler._open.TryDequeue(out string? name))
        {
            (Pattern pattern, int offset) = rules[name];
            compiler._offset = offset;
            compiler.Fill(compiler._ruleOf[name], pattern);
        }

        new GrammarCheck(source, compiler._rules, compiler._offsets).Run(first);
        return compiler.Flatten(first);
    }

    private int Rule(string name, int offset)
    {
        if (_ruleOf.TryGetValue(name, out int rule))
            return rule;
        if (!_named.TryGetValue(name, out var found))
        {
            string known = string.Join(", ", _named.Keys.Take(20));
            throw new GrammarException(_source, offset, $"There is no rule '{name}'. The rules are: {known}.");
        }

        rule = NewRule(found.Offset);
        _ruleOf.Add(name, rule);
        _open.Enqueue(name);
        return rule;
    }

    private int NewRule(int offset)
    {
        _rules.Add([]);
        _offsets.Add(offset);
        return _rules.Count - 1;
    }

    private void Fill(int rule, Pattern pattern)
    {
        if (++_depth > DeepestPattern)
            throw new GrammarException(_source, _offset, $"Patterns are nested deeper than {DeepestPattern}.");
        foreach (Pattern alternative in pattern is ChoicePattern choice ? choice.Alternatives : [pattern])
        {
            var elements = new List<int>();
            Append(alternative, elements);
            AddAlternative(rule, elements);
        }

        _depth--;
    }

    private void AddAlternative(int rule, List<int> elements)
    {
        _elements += elements.Count + 1;
        if (_elements > MostElements)
        {
            throw new GrammarException(_source, _offsets[rule], $"The grammar has more than {MostElements} elements once repetitions are written "
                + "out; lower the counts of {m,n}.");
        }

        _rules[rule].Add([.. elements]);
    }

    private void Append(Pattern pattern, List<int> into)
    {
        switch (pattern)
        {
            case BytesPattern bytes:
                foreach (byte each in bytes.Bytes)
                    into.Add(Set(ByteSet.Of(each, each)));
                break;
            case SequencePattern sequence:
                foreach (Pattern part in sequence.Parts)
                    Append(part, into);
                break;
            case RulePattern rule:
                into.Add(~Rule(rule.Name, rule.Offset));
                break;
            case CharacterPattern characters:
                AppendCharacters(characters, into);
                break;
            case RepeatPattern repeat:
                AppendRepeat(repeat, into);
                break;
            default:
                into.Add(~Shared(pattern, rule => Fill(rule, pattern)));
                break;
        }

        if (into.Count > MostElements)
            throw new GrammarException(_source, _offset, $"A rule has more than {MostElements} elements; lower the counts of {{m,n}}.");
    }

    // The same pattern object is one rule, however often it stands.
    private int Shared(Pattern pattern, Action<int> fill)
    {
        if (_shared.TryGetValue(pattern, out int rule))
            return rule;
        rule = NewRule(_offset);
        _shared.Add(pattern, rule);
        fill(rule);
        return rule;
    }

    private void AppendCharacters(CharacterPattern characters, List<int> into)
    {
        if (characters.Ranges.Count > 0 && characters.Ranges[^1].Last < 0x80)
        {
            into.Add(Set(characters.Ranges.Aggregate(default(ByteSet), (set, range) => set.Or(ByteSet.Of((byte)range.First, (byte)range.Last)))));
            return;
        }

        into.Add(~Shared(characters, rule =>
        {
            // One-byte characters are one set; the others one alternative each sequence of byte ranges.
            ByteSet ascii = default;
            foreach ((byte First, byte Last)[] bytes in characters.Ranges.SelectMany(range => Utf8Ranges.Split(range.First, range.Last)))
            {
                if (bytes.Length == 1)
                    ascii = ascii.Or(ByteSet.Of(bytes[0].First, bytes[0].Last));
                else
                    AddAlternative(rule, [.. bytes.Select(range => Set(ByteSet.Of(range.First, range.Last)))]);
            }

            if (ascii != default)
                AddAlternative(rule, [Set(ascii)]);
        }));
    }

    private void AppendRepeat(RepeatPattern repeat, List<int> into)
    {
        long written = (long)repeat.Least + (repeat.Most ?? 0);
        if (written > MostElements)
            throw new GrammarException(_source, _offset, $"A repetition of {written} times is too large; at most {MostElements} are written out.");
        var part = new List<int>();
        Append(repeat.Part, part);
        for (int i = 0; i < repeat.Least; i++)
        {
            into.AddRange(part);
            if (into.Count > MostElements)
                throw new GrammarException(_source, _offset, $"A rule has more than {MostElements} elements; lower the counts of {{m,n}}.");
        }

        if (repeat.Most is not { } most)
        {
            int rule = NewRule(_offset);
            AddAlternative(rule, [.. part, ~rule]);
            AddAlternative(rule, []);
            into.Add(~rule);
            return;
        }

        // (x (x (x)?)?)?: from the inside out.
        int rest = -1;
        for (int i = repeat.Least; i < most; i++)
        {
            int rule = NewRule(_offset);
            AddAlternative(rule, rest < 0 ? part : [.. part, ~rest]);
            AddAlternative(rule, []);
            rest = rule;
        }

        if (rest >= 0)
            into.Add(~rest);
    }

    private int Set(ByteSet set)
    {
        if (_setOf.TryGetValue(set, out int index))
            return index;
        _setOf.Add(set, _sets.Count);
        _sets.Add(set);
        return _sets.Count - 1;
    }

    private GrammarRules Flatten(int root)
    {
        var elements = new List<int>(_elements);
        var alternatives = new int[_rules.Count][];
        for (int rule = 0; rule < _rules.Count; rule++)
        {
            alternatives[rule] = new int[_rules[rule].Count];
            for (int i = 0; i < alternatives[rule].Length; i++)
            {
                alternatives[rule][i] = elements.Count;
                elements.AddRange(_rules[rule][i]);
                elements.Add(GrammarRules.End);
            }
        }

        return new GrammarRules([.. elements], [.. _sets], alternatives, root);
    }
}
