using KernelFoundry.Cli.Commands;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>
/// A model open on a device, with one sequence to run tests in. Tokens are drawn: what they say does not change what they cost.
/// </summary>
internal sealed class ModelSession : IDisposable
{
    private const int Seed = 1;
    private readonly KvCache _cache;
    private readonly View2<float> _logits;
    private readonly int[] _tokens;
    private readonly int _depth;
    private readonly bool _ownsDevice;

    /// <param name="path">The GGUF file.</param>
    /// <param name="device">The device.</param>
    /// <param name="cache">How its keys and values are stored.</param>
    /// <param name="depth">Positions to fill before every test.</param>
    /// <param name="longest">Tokens of the longest test.</param>
    /// <param name="ownsDevice">Whether the device is disposed of with the session.</param>
    /// <exception cref="UsageException">The model's context does not hold as many, or the cache cannot hold its heads.</exception>
    public ModelSession(string path, Device device, ModelOptions options, int depth, int longest, bool ownsDevice = true)
    {
        Device = device;
        _ownsDevice = ownsDevice;
        Cache = options.Cache;
        Model = Opening.Model(path, device, options);
        int context = Model.Configuration.ContextLength;
        if (depth + (long)longest > context)
            throw new UsageException($"--depth and a test take {depth} + {longest} positions, but the model's context holds {context}.");
        var random = new Random(Seed);
        _tokens = [.. Enumerable.Range(0, Math.Max(depth, longest)).Select(_ => random.Next(Model.Configuration.VocabularySize))];
        _cache = Model.Transformer.CreateCache(depth + longest);
        _logits = device.Allocate<float>(1, Model.Configuration.VocabularySize);
        _depth = depth;
        if (depth > 0)
            Model.Transformer.Forward(_tokens.AsSpan(0, depth), _cache, default);
    }

    public Device Device { get; }

    public LanguageModel Model { get; }

    /// <summary>How keys and values are stored.</summary>
    public CacheElement Cache { get; }

    /// <summary>Some tokens, of each sequence others.</summary>
    public int[] Prompt(int tokens, int sequence) => [.. Enumerable.Range(0, tokens).Select(i => _tokens[(i + sequence) % _tokens.Length])];

    /// <summary>Forgets what the last test has put behind the depth.</summary>
    public void Rewind() => _cache.Rollback(_depth);

    /// <summary>All tokens at once, the last one's logits wanted.</summary>
    public void Prefill(int tokens)
    {
        Model.Transformer.Forward(_tokens.AsSpan(0, tokens), _cache, _logits);
        Device.Synchronize();
    }

    /// <summary>Token by token, each waited for, as choosing the next one does.</summary>
    public void Decode(int tokens)
    {
        for (int i = 0; i < tokens; i++)
        {
            Model.Transformer.Forward(_tokens.AsSpan(i, 1), _cache, _logits);
            Device.Synchronize();
        }
    }

    public void Dispose()
    {
        _cache.Dispose();
        _logits.Memory!.Dispose();
        Model.Dispose();
        if (_ownsDevice)
            Device.Dispose();
    }
}
