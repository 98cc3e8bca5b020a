using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of matches.</param>
/// <param name="isInverted">What the pattern does not match is what counts as matched.</param>
internal sealed class PatternSplitter(Pattern pattern, SplitBehavior behavior = SplitBehavior.Isolated, bool isInverted = false) : Splitter
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<byte> text, int start, int end, in PieceSink next)
    {
        var matches = pattern.In(text[start..end]);
        if (behavior == SplitBehavior.Isolated)
        {
            // What a match is does not matter here, nor whether the sense is inverted: this is nearly every model.
            int last = start;
            while (matches.MoveNext())
            {
                next.Take(text, last, start + matches.Start);
                last = start + matches.End;
                next.Take(text, start + matches.Start, last);
            }

            next.Take(text, last, end);
            return;
        }

        var pieces = new Joiner(behavior, text, start, next);
        int done = start;
        while (matches.MoveNext())
        {
            pieces.Take(start + matches.Start, isMatch: isInverted);
            pieces.Take(done = start + matches.End, isMatch: !isInverted);
        }

        if (done < end)
            pieces.Take(end, isMatch: isInverted);
        pieces.Finish();
    }

    /// <summary>Joins stretches, each up to where the next begins, as the behavior says.</summary>
    private ref struct Joiner(SplitBehavior behavior, ReadOnlySpan<byte> text, int start, PieceSink next)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly PieceSink _next = next;
        private int _start = start;
        private int _end = start;
        private bool _wasMatch;

        public void Take(int end, bool isMatch)
        {
            if (end == _end)
                return;
            bool joins = _end > _start && behavior switch
            {
                SplitBehavior.MergedWithPrevious => isMatch && !_wasMatch,
                SplitBehavior.MergedWithNext => !isMatch && _wasMatch,
                SplitBehavior.Contiguous => isMatch == _wasMatch,
                _ => false,
            };
            if (!joins)
                Finish();
            (_end, _wasMatch) = (end, isMatch);
        }

        public void Finish()
        {
            if (behavior != SplitBehavior.Removed || !_wasMatch)
                _next.Take(_text, _start, _end);
            _start = _end;
        }
    }
}
