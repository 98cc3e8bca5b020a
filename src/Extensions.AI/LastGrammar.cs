using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Extensions.AI;

/// <summary>The last grammar that a request asked for: the same one again, as a rule, so that its masks are kept.</summary>
internal sealed class LastGrammar
{
    private readonly Lock _reading = new();
    private (string Key, Grammar Grammar)? _last;

    public Grammar Read(string key, Func<Grammar> read)
    {
        lock (_reading)
        {
            if (_last?.Key != key)
                _last = (key, read());
            return _last.Value.Grammar;
        }
    }
}
