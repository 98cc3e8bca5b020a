namespace KernelFoundry.Corpus;

/// <summary>
/// Random numbers that are the same on every machine and runtime: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014). Each document has a generator of its own, so that documents do not depend on each other's order.
/// </summary>
/// <param name="seed">The seed.</param>
public sealed class CorpusRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The generator of one document.</summary>
    public static CorpusRandom For(ulong seed, CorpusSplit split, long index)
    {
        ulong mixed = Mix(seed + 0x9E3779B97F4A7C15);
        mixed = Mix(mixed ^ ((ulong)split + 1));
        return new CorpusRandom(Mix(mixed ^ (ulong)index));
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)((UInt128)Next() * (ulong)count >> 64);
    }

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True <paramref name="percent"/> times in a hundred.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of several.</summary>
    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>Several of many, all different, in random order.</summary>
    public T[] Several<T>(ReadOnlySpan<T> choices, int count)
    {
        T[] all = choices.ToArray();
        for (int i = 0; i < count; i++)
        {
            int other = i + Below(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return all[..count];
    }

    /// <summary>One choice by weight.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        int sum = 0;
        foreach (int weight in weights)
            sum += weight;
        int at = Below(sum);
        for (int i = 0; i < weights.Length; i++)
        {
            at -= weights[i];
            if (at < 0)
                return i;
        }

        return weights.Length - 1;
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
