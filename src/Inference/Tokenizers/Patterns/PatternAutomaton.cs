using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>
/// A pattern as a table: state and class of the next code point give the next state, and whether the pattern has matched before that
/// code point. States are the ordered lists of places a backtracking matcher would still try (leftmost first, as in Cox, "Regular
/// Expression Matching in the Wild", 2010), so that the table finds what backtracking finds, in one pass.
/// </summary>
internal sealed class PatternAutomaton
{
    /// <summary>The state that nothing leads out of.</summary>
    public const int Dead = 0;

    /// <summary>The state a match begins in.</summary>
    public const int Start = 1;

    // Work that building may cost, in visited instructions: patterns of tokenizers take some thousands.
    private const int MaximumWork = 4_000_000;
    private const int MaximumEntries = 1 << 20;
    private readonly int[] _table;
    private readonly int _stride;

    /// <exception cref="PatternException">The table would be too large.</exception>
    public PatternAutomaton(string pattern, PatternProgram program)
    {
        Classes = new CodePointClasses(pattern, program.Sets);
        _stride = Classes.Count + 1;
        var builder = new Builder(pattern, program, Classes);
        _table = builder.Build();
    }

    public CodePointClasses Classes { get; }

    /// <summary>The table: <c>2 * state + (1 if matched)</c>, a row of <see cref="Stride"/> a state; the last column is the end of the text.</summary>
    public ReadOnlySpan<int> Table => _table;

    public int Stride => _stride;

    private sealed class Builder(string pattern, PatternProgram program, CodePointClasses classes)
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<int[]> _states = [];
        private readonly bool[] _visited = new bool[program.Code.Count];
        private readonly Stack<int> _pending = new();
        private int _work;

        public int[] Build()
        {
            Number([]);
            Number([0]);
            var table = new List<int>();
            for (int state = 0; state < _states.Count; state++)
            {
                for (int next = 0; next <= classes.Count; next++)
                {
                    if (table.Count == MaximumEntries)
                        throw TooLarge();
                    table.Add(Step(_states[state], next));
                }
            }

            return [.. table];
        }

        /// <summary>All that the state's places lead to over one code point, in order; what comes after a match is never tried.</summary>
        private int Step(int[] state, int next)
        {
            Array.Clear(_visited);
            var places = new List<int>();
            bool isEnd = next == classes.Count;
            foreach (int place in state)
            {
                _pending.Push(place);
                while (_pending.TryPop(out int at))
                {
                    if (++_work > MaximumWork)
                        throw TooLarge();
                    if (_visited[at])
                        continue;
                    _visited[at] = true;
                    var instruction = program.Code[at];
                    switch (instruction.Operation)
                    {
                        case PatternProgram.Operation.Match:
                            _pending.Clear();
                            return (2 * Number([.. places])) + 1;
                        case PatternProgram.Operation.Split:
                            _pending.Push(instruction.Other);
                            _pending.Push(instruction.Next);
                            break;
                        case PatternProgram.Operation.Ahead:
                            if (isEnd ? instruction.AcceptsEnd : classes.IsIn(next, instruction.Set))
                                _pending.Push(instruction.Next);
                            break;
                        default:
                            if (!isEnd && classes.IsIn(next, instruction.Set) && !places.Contains(instruction.Next))
                                places.Add(instruction.Next);
                            break;
                    }
                }
            }

            return 2 * Number([.. places]);
        }

        private int Number(int[] state)
        {
            string key = new(MemoryMarshal.Cast<int, char>(state));
            if (!_numbers.TryGetValue(key, out int number))
            {
                number = _states.Count;
                _numbers.Add(key, number);
                _states.Add(state);
            }

            return number;
        }

        private PatternException TooLarge() => new(pattern, "too complex");
    }
}
