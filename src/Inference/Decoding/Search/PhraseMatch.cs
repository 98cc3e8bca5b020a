using System.Buffers;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A continuation as the automaton of banned phrases reads it, token by token.</summary>
internal sealed class PhraseMatch(BannedPhrases phrases)
{
    // After each token: the automaton's state, bytes so far, and whether the text has begun.
    private readonly List<(int State, int Bytes, bool AtTextStart)> _after = [(0, 0, false)];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Takes a token. Gives the index of the token that a phrase begins in which it completes, or null.</summary>
    public int? Append(int token)
    {
        (int state, int bytes, bool atTextStart) = _after[^1];
        _bytes.ResetWrittenCount();
        phrases.AppendBytes(token, ref atTextStart, _bytes);
        PhraseAutomaton automaton = phrases.Automaton;
        int start = -1;
        foreach (byte each in _bytes.WrittenSpan)
        {
            state = automaton.Next(state, each);
            bytes++;
            int length = automaton.LongestEnding(state);
            if (length > 0 && (start < 0 || bytes - length < start))
                start = bytes - length;
        }

        _after.Add((state, bytes, atTextStart));
        if (start < 0)
            return null;
        int first = _after.Count - 2;
        while (first > 0 && _after[first].Bytes > start)
            first--;
        return first;
    }

    /// <summary>Forgets tokens.</summary>
    public void Rollback(int tokens) => _after.RemoveRange(tokens + 1, _after.Count - tokens - 1);
}
