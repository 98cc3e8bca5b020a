namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>A pattern as instructions of a nondeterministic machine (Thompson 1968; ordered as Pike and Cox have it, first choices first).</summary>
internal sealed class PatternProgram
{
    // Counted repeats are written out, so that a short pattern can be long here.
    private const int MaximumLength = 20_000;
    private readonly string _pattern;
    private readonly List<Instruction> _code = [];
    private readonly List<CodePointSet> _sets = [];

    private PatternProgram(string pattern) => _pattern = pattern;

    public enum Operation
    {
        /// <summary>Takes one code point of the set.</summary>
        One,

        /// <summary>Goes on if the next code point is of the set, or at the end where the end is accepted.</summary>
        Ahead,

        /// <summary>Goes on in two places, the first of them preferred.</summary>
        Split,

        /// <summary>The pattern has matched.</summary>
        Match,
    }

    public IReadOnlyList<Instruction> Code => _code;

    /// <summary>The sets that instructions name by number.</summary>
    public IReadOnlyList<CodePointSet> Sets => _sets;

    /// <exception cref="PatternException">The pattern is too long.</exception>
    public static PatternProgram Compile(string pattern, PatternNode node)
    {
        var program = new PatternProgram(pattern);
        program.Emit(node);
        program.Add(new Instruction(Operation.Match));
        return program;
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(new Instruction(Operation.One, Next: _code.Count + 1, Set: Number(one.Set)));
                break;
            case PatternNode.Ahead ahead:
                Add(new Instruction(Operation.Ahead, Next: _code.Count + 1, Set: Number(ahead.Set), AcceptsEnd: ahead.AcceptsEnd));
                break;
            case PatternNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                    Emit(part);
                break;
            case PatternNode.Choice choice:
                EmitChoice(choice.Choices);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "Not a node that patterns have.");
        }
    }

    private void EmitChoice(IReadOnlyList<PatternNode> choices)
    {
        var ends = new List<int>();
        for (int i = 0; i < choices.Count; i++)
        {
            int split = _code.Count;
            if (i < choices.Count - 1)
                Add(new Instruction(Operation.Split, Next: split + 1));
            Emit(choices[i]);
            if (i == choices.Count - 1)
                break;
            ends.Add(_code.Count);
            Add(new Instruction(Operation.Split));
            _code[split] = _code[split] with { Other = _code.Count };
        }

        // A split whose two ways are one is a jump.
        foreach (int end in ends)
            _code[end] = _code[end] with { Next = _code.Count, Other = _code.Count };
    }

    private void EmitRepeat(PatternNode.Repeat repeat)
    {
        for (int i = 0; i < repeat.Least; i++)
            Emit(repeat.Body);
        var splits = new List<int>();
        if (repeat.Most is { } most)
        {
            for (int i = repeat.Least; i < most; i++)
            {
                splits.Add(_code.Count);
                Add(new Instruction(Operation.Split, Next: _code.Count + 1));
                Emit(repeat.Body);
            }
        }
        else
        {
            int loop = _code.Count;
            splits.Add(loop);
            Add(new Instruction(Operation.Split, Next: loop + 1));
            Emit(repeat.Body);
            Add(new Instruction(Operation.Split, Next: loop, Other: loop));
        }

        foreach (int split in splits)
        {
            _code[split] = repeat.IsLazy
                ? _code[split] with { Next = _code.Count, Other = split + 1 }
                : _code[split] with { Other = _code.Count };
        }
    }

    private void Add(Instruction instruction)
    {
        if (_code.Count == MaximumLength)
            throw new PatternException(_pattern, $"longer than {MaximumLength} steps when its repeats are written out");
        _code.Add(instruction);
    }

    private int Number(CodePointSet set)
    {
        int number = _sets.FindIndex(known => known.SetEquals(set));
        if (number >= 0)
            return number;
        if (_sets.Count == CodePointClasses.MaximumSets)
            throw new PatternException(_pattern, $"using more than {CodePointClasses.MaximumSets} different classes of characters");
        _sets.Add(set);
        return _sets.Count - 1;
    }

    public readonly record struct Instruction(Operation Operation, int Next = 0, int Other = 0, int Set = 0, bool AcceptsEnd = false);
}
