using System.Text;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>
/// Unicode normalization forms C, D, KC and KD (Unicode Standard Annex 15): decompose, sort marks by combining class, and for C compose.
/// A stretch between starters is done at a time, so time and memory grow with the text whatever is in it.
/// </summary>
/// <param name="composes">Form C or KC.</param>
/// <param name="compatible">Form KC or KD.</param>
internal sealed class UnicodeNormalizer(bool composes, bool compatible) : Normalizer
{
    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7, LCount = 19, VCount = 21, TCount = 28, SCount = LCount * VCount * TCount;

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        var pending = new List<Mark>();
        for (int at = 0; at < text.Length;)
        {
            int ascii = AsciiRun(text[at..]);
            // The last of a run may compose with a mark that follows.
            if (ascii > 1)
            {
                Flush(pending, output);
                output.Copy(text.Slice(at, ascii - 1), at);
                at += ascii - 1;
            }

            int codePoint = Utf8.Read(text, at, out int length);
            Decompose(codePoint, at, pending, output);
            at += length;
        }

        Flush(pending, output);
    }

    private static int AsciiRun(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        return length < 0 ? text.Length : length;
    }

    private void Decompose(int codePoint, int source, List<Mark> pending, NormalizedText output)
    {
        if (codePoint is >= SBase and < SBase + SCount)
        {
            int index = codePoint - SBase;
            Add(LBase + (index / (VCount * TCount)), source, pending, output);
            Add(VBase + (index % (VCount * TCount) / TCount), source, pending, output);
            if (index % TCount != 0)
                Add(TBase + (index % TCount), source, pending, output);
        }
        else if (Decompositions.Instance.Of(codePoint, compatible) is { } parts)
        {
            foreach (int part in parts)
                Decompose(part, source, pending, output);
        }
        else
        {
            Add(codePoint, source, pending, output);
        }
    }

    /// <summary>Adds a decomposed code point. A starter that cannot compose with what is pending ends it.</summary>
    private void Add(int codePoint, int source, List<Mark> pending, NormalizedText output)
    {
        byte combining = Decompositions.Instance.Class(codePoint);
        if (combining == 0 && pending.Count > 0)
        {
            Order(pending);
            if (!composes || !TryComposeStarters(pending, codePoint))
                Flush(pending, output);
            else
                return;
        }

        pending.Add(new Mark(codePoint, combining, source));
    }

    /// <summary>Composes two starters with nothing between them.</summary>
    private static bool TryComposeStarters(List<Mark> pending, int codePoint)
    {
        if (pending[0].Class != 0)
            return false;
        Compose(pending);
        if (pending.Count != 1)
            return false;
        int composed = Pair(pending[0].CodePoint, codePoint);
        if (composed < 0)
            return false;
        pending[0] = pending[0] with { CodePoint = composed };
        return true;
    }

    private void Flush(List<Mark> pending, NormalizedText output)
    {
        if (pending.Count == 0)
            return;
        Order(pending);
        if (composes)
            Compose(pending);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var mark in pending)
            output.Write(utf8[..new Rune(mark.CodePoint).EncodeToUtf8(utf8)], mark.Source);
        pending.Clear();
    }

    // Marks of one class keep their order, so the sort must be stable.
    private static void Order(List<Mark> pending)
    {
        bool isSorted = true;
        for (int i = 1; i < pending.Count && isSorted; i++)
            isSorted = pending[i - 1].Class <= pending[i].Class;
        if (isSorted)
            return;
        var sorted = pending.OrderBy(mark => mark.Class).ToList();
        pending.Clear();
        pending.AddRange(sorted);
    }

    /// <summary>Lets the starter take in each mark that no mark of the same class blocks.</summary>
    private static void Compose(List<Mark> pending)
    {
        if (pending[0].Class != 0)
            return;
        int kept = 1, last = 0;
        for (int i = 1; i < pending.Count; i++)
        {
            var mark = pending[i];
            int composed = kept == 1 || last < mark.Class ? Pair(pending[0].CodePoint, mark.CodePoint) : -1;
            if (composed >= 0)
            {
                pending[0] = pending[0] with { CodePoint = composed };
                continue;
            }

            last = mark.Class;
            pending[kept++] = mark;
        }

        pending.RemoveRange(kept, pending.Count - kept);
    }

    private static int Pair(int first, int second)
    {
        if (first is >= LBase and < LBase + LCount && second is >= VBase and < VBase + VCount)
            return SBase + ((((first - LBase) * VCount) + second - VBase) * TCount);
        if (first is >= SBase and < SBase + SCount && (first - SBase) % TCount == 0 && second is > TBase and < TBase + TCount)
            return first + second - TBase;
        return Decompositions.Instance.Compose(first, second);
    }

    private readonly record struct Mark(int CodePoint, byte Class, int Source);
}
