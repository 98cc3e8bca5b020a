using KernelFoundry.Inference.Tokenizers.Models;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// The pieces of a unigram model in training, fitted to words by expectation maximization and pruned (Kudo 2018, section 3.2; details as
/// in SentencePiece).
/// </summary>
internal sealed class UnigramPieces
{
    // Below this expected count a piece is not worth keeping.
    private const double LeastExpected = 0.5;
    private const double UnknownPenalty = 10;
    private readonly WordCounter _words;
    private byte[][] _texts;
    private bool[] _isCharacter;
    private double[] _scores;

    public UnigramPieces(WordCounter words, IReadOnlyList<(byte[] Text, double Weight, bool IsCharacter)> seeds)
    {
        _words = words;
        double total = Math.Log(seeds.Sum(seed => seed.Weight));
        _texts = [.. seeds.Select(seed => seed.Text)];
        _isCharacter = [.. seeds.Select(seed => seed.IsCharacter)];
        _scores = [.. seeds.Select(seed => Math.Log(seed.Weight) - total)];
    }

    public int Count => _texts.Length;

    /// <summary>One turn of expectation maximization. Pieces that are hardly used go; the others get new log probabilities.</summary>
    public void Fit(CancellationToken cancellationToken)
    {
        var expected = new double[Count];
        var lattice = Lattice();
        for (int word = 0; word < _words.Count; word++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lattice.Begin(_words[word]);
            lattice.AddExpected(_words[word].Length, _words.Counts[word], expected);
        }

        int[] kept = [.. Enumerable.Range(0, Count).Where(i => expected[i] >= LeastExpected || _isCharacter[i])];
        // The mean of the log of a Dirichlet's parts, which favours what is frequent.
        double sum = Digamma(kept.Sum(i => Math.Max(expected[i], LeastExpected)));
        double[] scores = [.. kept.Select(i => Digamma(Math.Max(expected[i], LeastExpected)) - sum)];
        Keep(kept);
        _scores = scores;
    }

    /// <summary>Keeps the pieces whose loss would cost the most likelihood, and all characters.</summary>
    public void Prune(int target, CancellationToken cancellationToken)
    {
        var used = new double[Count];
        var lattice = Lattice();
        var pieces = new List<int>();
        for (int word = 0; word < _words.Count; word++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lattice.Begin(_words[word]);
            lattice.Best(_words[word].Length, pieces);
            foreach (int piece in pieces)
            {
                if (piece >= 0)
                    used[piece] += _words.Counts[word];
            }
        }

        var losses = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            lattice.Begin(_texts[i], without: i);
            losses[i] = _isCharacter[i] ? double.PositiveInfinity : used[i] * (_scores[i] - lattice.Best(_texts[i].Length, pieces));
        }

        int[] kept = Heaviest(losses, target);
        double[] scores = [.. kept.Select(i => _scores[i])];
        Keep(kept);
        _scores = scores;
    }

    /// <summary>The pieces of the highest probability and all characters, most probable first.</summary>
    public List<(byte[] Text, float Score)> Finish(int target)
    {
        double[] weights = [.. Enumerable.Range(0, Count).Select(i => _isCharacter[i] ? double.PositiveInfinity : _scores[i])];
        return [.. Heaviest(weights, target).OrderByDescending(i => _scores[i]).ThenBy(i => i).Select(i => (_texts[i], (float)_scores[i]))];
    }

    private UnigramLattice Lattice()
    {
        var builder = new TokenTextsBuilder(Count, 8 * Count);
        foreach (byte[] text in _texts)
            builder.Add(text);
        return new UnigramLattice(new TextTrie(builder.Build(), _ => true), _scores, _scores.Min() - UnknownPenalty);
    }

    // Equals in the order they have, which is the same in every run.
    private static int[] Heaviest(double[] weights, int most) =>
        [.. Enumerable.Range(0, weights.Length).OrderByDescending(i => weights[i]).ThenBy(i => i).Take(most).Order()];

    private void Keep(int[] kept)
    {
        _texts = [.. kept.Select(i => _texts[i])];
        _isCharacter = [.. kept.Select(i => _isCharacter[i])];
    }

    /// <summary>The logarithmic derivative of the gamma function: recurrence up to 7, then its asymptotic series.</summary>
    private static double Digamma(double x)
    {
        double result = 0;
        for (; x < 7; x++)
            result -= 1 / x;
        double inverse = 1 / (x * x);
        return result + Math.Log(x) - (0.5 / x) - (inverse * ((1.0 / 12) - (inverse * ((1.0 / 120) - (inverse / 252)))));
    }
}
