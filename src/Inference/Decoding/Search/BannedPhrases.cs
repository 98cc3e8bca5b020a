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
    private readonly Task<PhraseAutomaton> _automaton;

    /// <summary>
    /// Checks the phrases and begins to build the automaton, on a thread of its own beside the prompt: the first token waits for what is left of it.
    /// </summary>
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
        _automaton = Task.Run(() => new PhraseAutomaton(all, ignoresCase));
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

    /// <summary>The automaton; waits until it is built.</summary>
    internal PhraseAutomaton Automaton => _automaton.Result;

    internal PhraseMatch Begin() => new(this);

    internal void AppendBytes(int token, ref bool atTextStart, IBufferWriter<byte> output) =>
        _tokenizer.AppendBytes(token, ref atTextStart, includeSpecial: false, output);
}
