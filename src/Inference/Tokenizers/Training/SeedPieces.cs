using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// The pieces unigram training begins with: the characters of the text, and of all parts of words that occur twice or more those that
/// cover the most text (Kudo 2018, section 3.2).
/// </summary>
internal static class SeedPieces
{
    /// <summary>Finds them.</summary>
    /// <param name="words">The words.</param>
    /// <param name="most">How many longer pieces to take.</param>
    /// <param name="coverage">The share of characters that must have a piece.</param>
    /// <param name="maximumCharacters">Length of the longest piece.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The pieces and what each weighs; single characters first.</returns>
    public static List<(byte[] Text, double Weight, bool IsCharacter)> Find(
        WordCounter words, int most, double coverage, int maximumCharacters, CancellationToken cancellationToken)
    {
        var parts = new WordCounter();
        for (int word = 0; word < words.Count; word++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = words[word];
            for (int start = 0; start < text.Length; start += Utf8.Length(text[start]))
            {
                int end = start;
                for (int i = 0; i < maximumCharacters && end < text.Length; i++)
                {
                    end += Utf8.Length(text[end]);
                    parts.Add(text[start..end], words.Counts[word]);
                }
            }
        }

        var characters = new List<(byte[] Text, double Weight, bool IsCharacter)>();
        var longer = new List<(byte[] Text, double Weight, bool IsCharacter)>();
        for (int part = 0; part < parts.Count; part++)
        {
            int length = Utf8.Count(parts[part]);
            long count = parts.Counts[part];
            if (length == 1)
                characters.Add((parts[part].ToArray(), count, true));
            else if (count > 1)
                longer.Add((parts[part].ToArray(), (double)count * length, false));
        }

        return [.. Covering(characters, coverage), .. Heaviest(longer).Take(most)];
    }

    private static IEnumerable<(byte[] Text, double Weight, bool IsCharacter)> Covering(List<(byte[] Text, double Weight, bool IsCharacter)> characters, double coverage)
    {
        double needed = coverage * characters.Sum(character => character.Weight), covered = 0;
        return Heaviest(characters).TakeWhile(character =>
        {
            bool isNeeded = covered < needed;
            covered += character.Weight;
            return isNeeded;
        });
    }

    // Equals in the order of their text, so that the result does not depend on the order of words.
    private static List<(byte[] Text, double Weight, bool IsCharacter)> Heaviest(List<(byte[] Text, double Weight, bool IsCharacter)> pieces)
    {
        pieces.Sort((x, y) => x.Weight != y.Weight ? y.Weight.CompareTo(x.Weight) : x.Text.AsSpan().SequenceCompareTo(y.Text));
        return pieces;
    }
}
