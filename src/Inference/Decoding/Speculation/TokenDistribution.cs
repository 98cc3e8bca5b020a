namespace KernelFoundry.Inference.Decoding;

/// <summary>Tokens that can be drawn, and their probabilities.</summary>
public sealed class TokenDistribution
{
    private readonly int[] _tokens;
    private readonly double[] _probabilities;

    /// <summary>A distribution of weights, which are normalized.</summary>
    /// <param name="tokens">The tokens, in ascending order.</param>
    /// <param name="weights">As many numbers, none negative and not all 0.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public TokenDistribution(ReadOnlySpan<int> tokens, ReadOnlySpan<double> weights)
    {
        if (tokens.Length != weights.Length)
            throw new ArgumentException($"There are {tokens.Length} tokens, but {weights.Length} weights.", nameof(weights));
        double sum = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i > 0 && tokens[i] <= tokens[i - 1])
                throw new ArgumentException($"Token {tokens[i]} comes after {tokens[i - 1]}; tokens must ascend.", nameof(tokens));
            if (!(weights[i] >= 0))
                throw new ArgumentException($"The weight of token {tokens[i]} is {weights[i]}; it must be 0 or more.", nameof(weights));
            sum += weights[i];
        }

        if (!(sum > 0) || !double.IsFinite(sum))
            throw new ArgumentException($"The weights' sum is {sum}; it must be a positive number.", nameof(weights));
        _tokens = tokens.ToArray();
        _probabilities = weights.ToArray();
        foreach (ref double each in _probabilities.AsSpan())
            each /= sum;
    }

    /// <summary>The tokens, in ascending order.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>Their probabilities.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>The probability of a token, 0 for one that cannot be drawn.</summary>
    public double Probability(int token)
    {
        int at = Array.BinarySearch(_tokens, token);
        return at < 0 ? 0 : _probabilities[at];
    }

    /// <summary>Draws a token.</summary>
    /// <param name="uniform">A random number from 0 to 1.</param>
    public int Draw(double uniform)
    {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < _tokens.Length; i++)
        {
            if (_probabilities[i] == 0)
                continue;
            sum += _probabilities[i];
            if (uniform < sum)
                return _tokens[i];
            last = i;
        }

        return _tokens[last];
    }

    /// <summary>The tokens of the largest log(probability) + noise, the largest first and the lowest id among equals.</summary>
    /// <param name="count">How many, fewer where fewer can be drawn.</param>
    /// <param name="noise">The noise of a token.</param>
    public IReadOnlyList<int> Largest(int count, Func<int, double> noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        var best = new PriorityQueue<int, (double, int)>(count + 1);
        for (int i = 0; i < _tokens.Length; i++)
        {
            if (_probabilities[i] > 0)
                best.Enqueue(_tokens[i], (Math.Log(_probabilities[i]) + noise(_tokens[i]), -_tokens[i]));
            if (best.Count > count)
                best.Dequeue();
        }

        var found = new List<int>(best.Count);
        while (best.TryDequeue(out int token, out _))
            found.Add(token);
        found.Reverse();
        return found;
    }

    /// <summary>What is left without a token; null if nothing is.</summary>
    public TokenDistribution? Without(int token)
    {
        int at = Array.BinarySearch(_tokens, token);
        if (at < 0)
            return this;
        double[] left = [.. _probabilities];
        left[at] = 0;
        return Create(_tokens, left);
    }

    /// <summary>
    /// What is left of it after so much of another was taken away: max(p - scale min(q, cap p), 0), normalized. Null if nothing is left but for
    /// rounding.
    /// </summary>
    /// <param name="other">What is taken away, q.</param>
    /// <param name="scale">How many times.</param>
    /// <param name="cap">Its bound, in probabilities of this one; +inf for none.</param>
    public TokenDistribution? Less(TokenDistribution other, double scale = 1, double cap = double.PositiveInfinity)
    {
        ArgumentNullException.ThrowIfNull(other);
        double[] left = [.. _probabilities];
        int at = 0;
        for (int i = 0; i < _tokens.Length; i++)
        {
            while (at < other._tokens.Length && other._tokens[at] < _tokens[i])
                at++;
            if (left[i] > 0 && at < other._tokens.Length && other._tokens[at] == _tokens[i])
                left[i] = Math.Max(left[i] - (scale * Math.Min(other._probabilities[at], cap * left[i])), 0);
        }

        return Create(_tokens, left);
    }

    /// <summary>What two have in common: sum(min(q, p scale)), p this one and q the other.</summary>
    public double Common(TokenDistribution other, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        double sum = 0;
        int at = 0;
        for (int i = 0; i < _tokens.Length; i++)
        {
            while (at < other._tokens.Length && other._tokens[at] < _tokens[i])
                at++;
            if (at < other._tokens.Length && other._tokens[at] == _tokens[i])
                sum += Math.Min(other._probabilities[at], _probabilities[i] * scale);
        }

        return sum;
    }

    private static TokenDistribution? Create(int[] tokens, double[] weights)
    {
        double sum = 0;
        foreach (double each in weights)
            sum += each;
        return sum > 1e-13 ? new TokenDistribution(tokens, weights) : null;
    }
}
