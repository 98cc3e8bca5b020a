namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// How far a continuation has met phrases that it must include: which stand in it, and how long a beginning of each other it ends with. Immutable.
/// </summary>
internal sealed class PhraseProgress
{
    private readonly int[][] _phrases;
    private readonly int[][] _failures;
    private readonly int[] _matched;

    public PhraseProgress(IReadOnlyList<IReadOnlyList<int>> phrases)
    {
        _phrases = [.. phrases.Select(phrase => phrase.ToArray())];
        _failures = [.. _phrases.Select(Failures)];
        _matched = new int[_phrases.Length];
    }

    private PhraseProgress(PhraseProgress from, int[] matched) => (_phrases, _failures, _matched) = (from._phrases, from._failures, matched);

    /// <summary>Whether every phrase stands in the continuation.</summary>
    public bool IsMet => Met == _phrases.Sum(phrase => phrase.Length);

    /// <summary>Tokens of phrases that are met; of an unfinished one, its beginning counts.</summary>
    public int Met => _matched.Sum();

    /// <summary>The tokens that take an unmet phrase further.</summary>
    public IEnumerable<int> Wanted
    {
        get
        {
            for (int i = 0; i < _phrases.Length; i++)
            {
                if (_matched[i] < _phrases[i].Length)
                    yield return _phrases[i][_matched[i]];
            }
        }
    }

    /// <summary>The progress after one more token. Occurrences may overlap: each phrase is matched for itself (Knuth, Morris and Pratt, 1977).</summary>
    public PhraseProgress After(int token)
    {
        int[] matched = [.. _matched];
        for (int i = 0; i < matched.Length; i++)
        {
            int[] phrase = _phrases[i];
            int at = matched[i];
            if (at == phrase.Length)
                continue;
            while (at > 0 && phrase[at] != token)
                at = _failures[i][at - 1];
            matched[i] = phrase[at] == token ? at + 1 : 0;
        }

        return new PhraseProgress(this, matched);
    }

    private static int[] Failures(int[] phrase)
    {
        var failures = new int[phrase.Length];
        for (int i = 1; i < phrase.Length; i++)
        {
            int at = failures[i - 1];
            while (at > 0 && phrase[at] != phrase[i])
                at = failures[at - 1];
            failures[i] = phrase[at] == phrase[i] ? at + 1 : 0;
        }

        return failures;
    }
}
