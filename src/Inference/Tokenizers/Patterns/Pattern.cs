using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>
/// A regular expression over UTF-8, as tokenizers split text with: whole code points, Unicode classes, leftmost-first matches as
/// backtracking engines find them, in time linear in the text whatever the pattern. Immutable.
/// </summary>
internal sealed class Pattern
{
    // A scan that goes on this far without a match is remembered, so that a later one does not repeat it.
    private const int RememberAfter = 64;
    private readonly PatternAutomaton _automaton;

    /// <exception cref="PatternException">The pattern is malformed or not supported.</exception>
    public Pattern(string text)
    {
        Text = text;
        _automaton = new PatternAutomaton(text, PatternProgram.Compile(text, PatternParser.Parse(text)));
    }

    /// <summary>The expression.</summary>
    public string Text { get; }

    /// <summary>A walk over the matches in a text.</summary>
    public Matches In(ReadOnlySpan<byte> text) => new(_automaton, text);

    /// <summary>The matches, one after the other; a match that is empty is none.</summary>
    /// <param name="automaton">The pattern.</param>
    /// <param name="text">Valid UTF-8.</param>
    public ref struct Matches(PatternAutomaton automaton, ReadOnlySpan<byte> text)
    {
        private readonly PatternAutomaton _automaton = automaton;
        private readonly ReadOnlySpan<byte> _text = text;
        private FruitlessScans? _fruitless;

        /// <summary>Where the last match found begins.</summary>
        public int Start { get; private set; }

        /// <summary>Where it ends, and the next is looked for.</summary>
        public int End { get; private set; }

        /// <summary>Finds the next match.</summary>
        public bool MoveNext()
        {
            for (int at = End; at < _text.Length; at += Utf8.Length(_text[at]))
            {
                int end = MatchAt(at);
                if (end <= at)
                    continue;
                (Start, End) = (at, end);
                return true;
            }

            (Start, End) = (_text.Length, _text.Length);
            return false;
        }

        private int MatchAt(int start)
        {
            var text = _text;
            var table = _automaton.Table;
            var classes = _automaton.Classes;
            var ascii = classes.Ascii;
            int stride = _automaton.Stride, state = PatternAutomaton.Start, matched = -1, at = start, remember = start + RememberAfter;
            while (at < text.Length)
            {
                int first = text[at], length = 1;
                int number = first < ascii.Length ? ascii[first] : classes.Of(Utf8.Read(text, at, out length));
                int entry = table[(state * stride) + number];
                if ((entry & 1) != 0)
                    (matched, remember) = (at, at + RememberAfter);
                state = entry >> 1;
                if (state == PatternAutomaton.Dead)
                    break;
                at += length;
                if (at >= remember && (_fruitless ??= new()).IsKnown(state, at, matched))
                    break;
            }

            if (at == text.Length && (table[(state * stride) + stride - 1] & 1) != 0)
                matched = at;
            _fruitless?.End(matched);
            return matched;
        }
    }
}
