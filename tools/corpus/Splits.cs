namespace KernelFoundry.Corpus;

/// <summary>
/// Which split a piece of content belongs to: a function of what it is about, so that the splits cannot overlap. A sum that is a test question is
/// nowhere in the other splits, whatever words are put around it.
/// </summary>
public static class Splits
{
    private const int Buckets = 100;
    private const int TestBuckets = 2;
    private const int ValidationBuckets = 2;

    /// <summary>The split of a key.</summary>
    /// <param name="key">What the content is about, without its wording.</param>
    public static CorpusSplit Of(string key)
    {
        // FNV-1a, 64 bits, and a multiplication to spread the low bits: the same everywhere, as string.GetHashCode is not.
        ulong hash = 14695981039346656037;
        foreach (char c in key)
            hash = (hash ^ c) * 1099511628211;
        int bucket = (int)((hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15 >> 40) % Buckets;
        return bucket < TestBuckets ? CorpusSplit.Test
            : bucket < TestBuckets + ValidationBuckets ? CorpusSplit.Validation
            : CorpusSplit.Train;
    }
}
