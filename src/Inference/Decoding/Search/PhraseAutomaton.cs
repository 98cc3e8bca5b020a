using System.Text;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Finds all of some texts in bytes (Aho and Corasick, 1975). States are numbered by depth, and the children of one follow each other, so that all is
/// arrays: made in one walk over the sorted texts, in which a state is a range of those that begin alike.
/// </summary>
internal sealed class PhraseAutomaton
{
    private readonly bool _ignoresCase;
    private readonly byte[] _by;
    private readonly int[] _firstChild;
    private readonly int[] _failures;
    private readonly int[] _longest;

    /// <summary>Builds it.</summary>
    /// <param name="phrases">The texts, none empty.</param>
    /// <param name="ignoresCase">Whether ASCII letters match in either case.</param>
    public PhraseAutomaton(IReadOnlyList<string> phrases, bool ignoresCase)
    {
        _ignoresCase = ignoresCase;
        var texts = new byte[phrases.Count][];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Encoding.UTF8.GetBytes(phrases[i]);
            foreach (ref byte each in texts[i].AsSpan())
                each = Fold(each);
        }

        Array.Sort(texts, static (a, b) => a.AsSpan().SequenceCompareTo(b));
        int states = 1;
        for (int i = 0; i < texts.Length; i++)
            states += texts[i].Length - (i == 0 ? 0 : texts[i].AsSpan().CommonPrefixLength(texts[i - 1]));
        _by = new byte[states];
        _firstChild = new int[states + 1];
        _failures = new int[states];
        _longest = new int[states];
        Link(texts, new int[states], new int[states]);
    }

    /// <summary>The state after a byte.</summary>
    public int Next(int state, byte next) => Step(state, Fold(next));

    /// <summary>Bytes of the longest phrase that ends in a state; 0 if none does.</summary>
    public int LongestEnding(int state) => _longest[state];

    private int Step(int state, byte next)
    {
        while (true)
        {
            int first = _firstChild[state];
            int at = _by.AsSpan(first, _firstChild[state + 1] - first).IndexOf(next);
            if (at >= 0)
                return first + at;
            if (state == 0)
                return 0;
            state = _failures[state];
        }
    }

    // Texts of a state: from its low one to before its high one. A failure is less deep than its state, and so done before it.
    private void Link(byte[][] texts, int[] low, int[] high)
    {
        high[0] = texts.Length;
        int states = 1, depth = 0, deeper = 1;
        for (int state = 0; state < high.Length; state++)
        {
            if (state == deeper)
                (depth, deeper) = (depth + 1, states);
            _firstChild[state] = states;
            _longest[state] = _longest[_failures[state]];
            int text = low[state];
            for (; text < high[state] && texts[text].Length == depth; text++)
                _longest[state] = depth;
            while (text < high[state])
            {
                byte next = texts[text][depth];
                (_by[states], low[states]) = (next, text);
                _failures[states] = state == 0 ? 0 : Step(_failures[state], next);
                while (text < high[state] && texts[text][depth] == next)
                    text++;
                high[states++] = text;
            }
        }

        _firstChild[^1] = states;
    }

    private byte Fold(byte each) => _ignoresCase && each is >= (byte)'A' and <= (byte)'Z' ? (byte)(each | 0x20) : each;
}
