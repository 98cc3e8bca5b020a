using System.Buffers;
using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Texts that must not appear, wherever tokens begin and end: one automaton over bytes for all of them (Aho and Corasick, 1975), so that ten
/// thousand cost what one does. Immutable; serves any number of sequences.
/// </summary>
public sealed class BannedPhrases
{
    private const int MostBytes = 1 << 24;
    private readonly Tokenizer _tokenizer;
    private readonly Dictionary<(int State, byte Next), int> _edges = [];
    private readonly List<int> _failures = [0];
    private readonly List<int> _longest = [0];

    /// <summary>Builds the automaton.</summary>
    /// <param name="tokenizer">The tokenizer of the model.</param>
    /// <param name="phrases">The texts, none empty.</param>
    /// <param name="ignoresCase">Whether ASCII letters match in either case.</param>
    /// <exception cref="ArgumentException">A text is empty, or all together are longer than 16 MiB.</exception>
    public BannedPhrases(Tokenizer tokenizer, IEnumerable<string> phrases, bool ignoresCase = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(phrases);
        _tokenizer = tokenizer;
        IgnoresCase = ignoresCase;
        string[] all = [.. phrases];
        Validate(all);
        foreach (string phrase in all)
            Add(Encoding.UTF8.GetBytes(phrase));
        Link();
    }

    /// <summary>Checks phrases without building the automaton.</summary>
    /// <exception cref="ArgumentException">A text is empty, or all together are longer than 16 MiB.</exception>
    internal static void Validate(IReadOnlyList<string> phrases)
    {
        long total = 0;
        foreach (string phrase in phrases)
        {
            if (string.IsNullOrEmpty(phrase))
                throw new ArgumentException("A banned phrase is empty, and the empty text appears everywhere.", nameof(phrases));
            total += Encoding.UTF8.GetByteCount(phrase);
            if (total > MostBytes)
                throw new ArgumentException($"The banned phrases have more than {MostBytes} bytes together.", nameof(phrases));
        }
    }

    /// <summary>Whether ASCII letters match in either case.</summary>
    public bool IgnoresCase { get; }

    internal PhraseMatch Begin() => new(this);

    internal void AppendBytes(int token, ref bool atTextStart, IBufferWriter<byte> output) =>
        _tokenizer.AppendBytes(token, ref atTextStart, includeSpecial: false, output);

    /// <summary>The state after a byte.</summary>
    internal int Next(int state, byte next)
    {
        next = Fold(next);
        while (true)
        {
            if (_edges.TryGetValue((state, next), out int target))
                return target;
            if (state == 0)
                return 0;
            state = _failures[state];
        }
    }

    /// <summary>Bytes of the longest phrase that ends in a state; 0 if none does.</summary>
    internal int LongestEnding(int state) => _longest[state];

    private byte Fold(byte next) => IgnoresCase && next is >= (byte)'A' and <= (byte)'Z' ? (byte)(next | 0x20) : next;

    private void Add(byte[] phrase)
    {
        int state = 0;
        foreach (byte each in phrase)
        {
            var edge = (state, Fold(each));
            if (!_edges.TryGetValue(edge, out int target))
            {
                target = _failures.Count;
                _edges.Add(edge, target);
                _failures.Add(0);
                _longest.Add(0);
            }

            state = target;
        }

        _longest[state] = phrase.Length;
    }

    // States are numbered so that a parent comes before its children, but not by depth: failures need the order of depth.
    private void Link()
    {
        // Children of a state are a chain, which ends with 0: the first state is nobody's child.
        int[] first = new int[_failures.Count], sibling = new int[_failures.Count];
        byte[] by = new byte[_failures.Count];
        foreach (((int state, byte next), int target) in _edges)
            (by[target], sibling[target], first[state]) = (next, first[state], target);
        var open = new Queue<int>(_failures.Count);
        open.Enqueue(0);
        while (open.TryDequeue(out int state))
        {
            for (int target = first[state]; target != 0; target = sibling[target])
            {
                _failures[target] = state == 0 ? 0 : Next(_failures[state], by[target]);
                _longest[target] = Math.Max(_longest[target], _longest[_failures[target]]);
                open.Enqueue(target);
            }
        }
    }
}
