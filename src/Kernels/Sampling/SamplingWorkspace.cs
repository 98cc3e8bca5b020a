namespace KernelFoundry.Kernels;

/// <summary>
/// What drawing tokens needs on a device, for one sequence at a time: <see cref="Sampling.Screen"/>, the one pass over all logits,
/// <see cref="Sampling.Select"/>, <see cref="Sampling.Collect"/>, <see cref="Sampling.Weigh"/>, <see cref="Sampling.Cut"/> and
/// <see cref="Sampling.Choose"/>, with their room and results. Nothing is allocated by a draw.
/// </summary>
public sealed class SamplingWorkspace : IDisposable
{
    /// <summary>The most tokens a vocabulary may have.</summary>
    public const int MostTokens = (1 << 19) - 1;

    private readonly Device _device;
    private readonly int _vocabulary;
    private readonly View1<float> _maxima;
    private readonly View1<int> _broken;
    private readonly View1<int> _groups;
    private readonly View1<int> _size;
    private readonly View1<float> _list;
    private readonly View1<int> _candidates;
    private readonly View1<int> _weights;
    private readonly View1<float> _noisy;
    private readonly View1<float> _sorted;
    private readonly View1<int> _counts;
    private readonly View1<float> _largest;
    private readonly View1<float> _floor;
    private readonly View1<float> _interval;
    private readonly View1<float> _between;
    private readonly View1<float> _tail;
    private readonly View1<float> _before;
    private readonly View1<int> _tokens;
    private readonly View1<float> _logProbabilities;
    private readonly View1<float> _statistics;
    private View1<float> _kept;
    private readonly float[] _read = new float[Sampling.CutStatistics];

    /// <summary>Allocates it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="vocabulary">Tokens there are.</param>
    /// <param name="draws">Tokens to draw at once, without replacement.</param>
    /// <param name="sorts">Whether chains may have tail-free sampling, which needs more room.</param>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no token or too many, or there is nothing to draw.</exception>
    public SamplingWorkspace(Device device, int vocabulary, int draws = 1, bool sorts = false)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vocabulary, MostTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        _device = device;
        _vocabulary = vocabulary;
        int groups = Ops.CeilDiv(vocabulary, Sampling.Group);
        int blocks = Ops.CeilDiv(groups, Sampling.BlockGroups);
        int room = groups * Sampling.Group;
        _maxima = device.Allocate<float>(groups + blocks);
        _broken = device.Allocate<int>(blocks);
        _groups = device.Allocate<int>(groups);
        _size = device.Allocate<int>(1);
        _list = device.Allocate<float>(room);
        _candidates = device.Allocate<int>(room);
        _weights = device.Allocate<int>(room);
        _noisy = device.Allocate<float>(room);
        _counts = device.Allocate<int>(3);
        _largest = device.Allocate<float>(1);
        _floor = device.Allocate<float>(1);
        _interval = device.Allocate<float>(2);
        _between = device.Allocate<float>(2);
        _tail = device.Allocate<float>(1);
        _before = device.Allocate<float>(1);
        _sorted = device.Allocate<float>(sorts ? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)room) : 1);
        _tokens = device.Allocate<int>(draws);
        _logProbabilities = device.Allocate<float>(draws);
        _statistics = device.Allocate<float>(Sampling.CutStatistics);
    }

    /// <summary>Draws tokens.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="processor">What becomes of the logits first.</param>
    /// <param name="chain">The truncations.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="noise">1 draws, 0 takes the largest logits, the lowest id among equals.</param>
    /// <param name="tailFree">Where a <see cref="ChainProgram"/> has tail-free sampling, in ascending order, and its share there.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    /// <typeparam name="TChain">The chain.</typeparam>
    /// <exception cref="ArgumentException">There are more or fewer logits than tokens.</exception>
    public void Draw<TProcessor, TChain>(
        View1<float> logits, TProcessor processor, TChain chain, uint seed, uint step, float noise = 1,
        ReadOnlySpan<(int Place, float Share)> tailFree = default)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
        where TChain : struct, ITruncationChain<TChain>
    {
        if (logits.Extent0 != _vocabulary)
            throw new ArgumentException($"The workspace is for {_vocabulary} tokens, but there are {logits.Extent0} logits.", nameof(logits));
        Sampling.Screen(_device, logits, _maxima, _broken, processor);
        Sampling.Select(_device, _maxima, _broken, _groups, _counts, _largest, _floor, chain, _tokens.Extent0, noise);
        Sampling.Collect(
            _device, logits, _groups, _counts, _floor, _largest, _size, _candidates, _list, _weights, _noisy, processor, noise, seed, step);
        if (MayBeMany())
            Sampling.Weigh(_device, logits, _candidates, _size, _largest, _list, _weights, _noisy, processor, noise, seed, step);
        _kept = Cut(chain, tailFree, seed, step);
        Sampling.Choose(_device, _size, _candidates, _list, _noisy, _kept, _statistics, _tokens, _logProbabilities);
    }

    /// <summary>Waits for the last draw and copies what it gave.</summary>
    /// <param name="tokens">Receives the tokens, the first drawn first; -1 where fewer can be drawn.</param>
    /// <param name="logProbabilities">Receives logarithms of the probabilities they were drawn with; may be empty.</param>
    /// <returns>What the draw found out about the distribution.</returns>
    public DrawSummary Read(Span<int> tokens, Span<float> logProbabilities = default)
    {
        _tokens.Slice(0, tokens.Length).CopyTo(tokens);
        float first = 0;
        _logProbabilities.Slice(0, 1).CopyTo(new Span<float>(ref first));
        if (!logProbabilities.IsEmpty)
            _logProbabilities.Slice(0, logProbabilities.Length).CopyTo(logProbabilities);
        _statistics.CopyTo(_read);
        Span<int> counts = stackalloc int[3];
        float largest = 0;
        _counts.CopyTo(counts);
        _largest.CopyTo(new Span<float>(ref largest));
        float before = 0;
        _before.CopyTo(new Span<float>(ref before));
        return new DrawSummary(largest, _read[0], (int)_read[1], _read[2], before - (first + _read[0]), counts[1], counts[2]);
    }

    /// <summary>Waits for the last draw, which must have been one with noise or truncations, and copies what it drew from.</summary>
    /// <returns>The tokens that could be drawn, in ascending order, and their processed logits.</returns>
    public (int[] Tokens, float[] Logits) ReadKept()
    {
        int size = 0;
        Span<float> interval = stackalloc float[2];
        _size.CopyTo(new Span<int>(ref size));
        _kept.CopyTo(interval);
        int[] candidates = new int[size];
        float[] list = new float[size];
        _candidates.Slice(0, size).CopyTo(candidates);
        _list.Slice(0, size).CopyTo(list);
        var tokens = new List<int>(size);
        var logits = new List<float>(size);
        for (int i = 0; i < size; i++)
        {
            if (!(list[i] >= interval[0] && list[i] <= interval[1]))
                continue;
            tokens.Add(candidates[i]);
            logits.Add(list[i]);
        }

        return ([.. tokens], [.. logits]);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (DeviceMemory? memory in (ReadOnlySpan<DeviceMemory?>)[_maxima.Memory, _broken.Memory, _groups.Memory,
            _size.Memory, _list.Memory, _candidates.Memory, _weights.Memory, _noisy.Memory, _sorted.Memory, _counts.Memory, _largest.Memory, _floor.Memory, _interval.Memory,
            _between.Memory, _tail.Memory, _before.Memory, _tokens.Memory, _logProbabilities.Memory, _statistics.Memory])
        {
            memory?.Dispose();
        }
    }

    // Where a launch is done when it returns, a look at how many there are saves one.
    private bool MayBeMany() => _device.Kind is not (DeviceKind.Cpu or DeviceKind.Reference) || _size.AsSpan()[0] > Sampling.Few;

    // One launch, but where tail-free sampling stands between, which sorts and is a kernel of its own; between two intervals by turns.
    private View1<float> Cut<TChain>(TChain chain, ReadOnlySpan<(int Place, float Share)> tailFree, uint seed, uint step)
        where TChain : struct, ITruncationChain<TChain>
    {
        View1<float> low = _floor, high = _largest, next = _interval, other = _between;
        int count = TChain.Count(chain), first = 0;
        while (true)
        {
            int last = tailFree.IsEmpty ? count : tailFree[0].Place;
            Sampling.Cut(_device, _size, _largest, _list, _weights, low, high, next, _statistics, _before, chain, first, last, seed, step);
            if (tailFree.IsEmpty)
                return next;
            (low, high) = (_tail, next.Slice(1, 1));
            Sampling.CutTail(_device, _size, _list, next.Slice(0, 1), high, _tail, _sorted, tailFree[0].Share);
            tailFree = tailFree[1..];
            first = last + 1;
            (next, other) = (other, next);
        }
    }
}
