using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The logits of a sequence's next token on their device, while processors change them one after another. Changes of few tokens are gathered and
/// made in one go before the next change of all.
/// </summary>
public sealed class LogitsContext : IDisposable
{
    private readonly Device _device;
    private readonly Dictionary<int, int> _places = [];
    private readonly View1<int> _ids;
    private readonly View1<float> _factors;
    private readonly View1<float> _additions;
    private readonly int[] _allowedBits;
    private readonly View1<int> _allowed;
    private readonly View2<float> _measures;
    private readonly View1<int> _target;
    private int[] _heldIds = new int[64];
    private float[] _heldFactors = new float[64];
    private float[] _heldAdditions = new float[64];
    private bool _isScaled;

    /// <summary>Room for one sequence.</summary>
    /// <param name="device">The device.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    public LogitsContext(Device device, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        Vocabulary = vocabulary;
        _ids = device.Allocate<int>(vocabulary);
        _factors = device.Allocate<float>(vocabulary);
        _additions = device.Allocate<float>(vocabulary);
        _allowedBits = new int[(vocabulary + 31) / 32];
        _allowed = device.Allocate<int>(_allowedBits.Length);
        _measures = device.Allocate<float>(1, Sampling.Measures);
        _target = device.Allocate<int>(1);
    }

    /// <summary>Number of tokens of the model.</summary>
    public int Vocabulary { get; }

    /// <summary>The prompt and what was generated.</summary>
    public ReadOnlyMemory<int> Tokens { get; private set; }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength { get; private set; }

    /// <summary>Tokens generated so far.</summary>
    public int Generated => Tokens.Length - PromptLength;

    /// <summary>What logits are divided by when they become probabilities. A change of logits after it makes it take effect first.</summary>
    internal float Temperature { get; private set; }

    /// <summary>Whether <see cref="AllowedTokens"/> bans tokens.</summary>
    internal bool IsMasked { get; private set; }

    /// <summary>Whether something may have banned tokens by a logit of -inf.</summary>
    internal bool MayBan { get; private set; }

    /// <summary>Whether a processor says that the text is complete, and no token stands for its end.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>A bit a token that may be drawn, where <see cref="IsMasked"/>.</summary>
    internal View1<int> AllowedTokens => _allowed;

    /// <summary>The logits, [vocabulary], with every change made so far but the temperature and the mask.</summary>
    internal View1<float> Logits { get; private set; }

    /// <summary>Changes a token's logit x: to x / factor where it is positive, else to x factor; then adds.</summary>
    /// <param name="token">The token.</param>
    /// <param name="factor">The factor; positive.</param>
    /// <param name="addition">What is added; -inf bans the token.</param>
    public void Edit(int token, float factor, float addition)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)Vocabulary, nameof(token));
        if (_isScaled)
            Flush();

        // A factor after an addition does not come to the same as before it.
        if (_places.TryGetValue(token, out int place) && factor != 1 && _heldAdditions[place] != 0)
        {
            Flush();
            _places.Clear();
        }

        if (!_places.TryGetValue(token, out place))
        {
            place = _places.Count;
            _places.Add(token, place);
            if (place == _heldIds.Length)
            {
                Array.Resize(ref _heldIds, 2 * place);
                Array.Resize(ref _heldFactors, 2 * place);
                Array.Resize(ref _heldAdditions, 2 * place);
            }

            (_heldIds[place], _heldFactors[place], _heldAdditions[place]) = (token, 1, 0);
        }

        MayBan |= float.IsNegativeInfinity(addition);
        _heldFactors[place] *= factor;
        _heldAdditions[place] += addition;
    }

    /// <summary>Bans a token.</summary>
    /// <param name="token">The token.</param>
    public void Ban(int token) => Edit(token, 1, float.NegativeInfinity);

    /// <summary>Bans all tokens but those whose bits are set; with masks before, but those that both allow.</summary>
    /// <param name="allowed">A bit a token, the lowest bit of a word first, [vocabulary / 32 rounded up].</param>
    public void Allow(ReadOnlySpan<int> allowed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(allowed.Length, _allowedBits.Length);
        for (int i = 0; i < _allowedBits.Length; i++)
            _allowedBits[i] = IsMasked ? _allowedBits[i] & allowed[i] : allowed[i];
        IsMasked = true;
        _allowed.CopyFrom(_allowedBits);
    }

    /// <summary>
    /// Says that the text is complete and nothing can follow, where no token stands for that: the generation ends as it does with a stop token, whatever
    /// other processors say.
    /// </summary>
    public void Complete()
    {
        Allow(new int[_allowedBits.Length]);
        IsComplete = true;
    }

    /// <summary>Divides all logits by a temperature.</summary>
    /// <param name="temperature">The temperature; positive.</param>
    public void Divide(float temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        MakeEdits();
        Temperature *= temperature;
        _isScaled = true;
    }

    /// <summary>Applies a functor to all logits, here and now.</summary>
    /// <param name="processor">The functor.</param>
    /// <typeparam name="TProcessor">Its type.</typeparam>
    public void Apply<TProcessor>(TProcessor processor)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        Flush();
        MayBan = true;
        Sampling.Process(_device, Logits, Logits, processor);
    }

    /// <summary>The largest logit, log(sum(exp(logit))) and the entropy in nats of the distribution as it is now, masks not counted.</summary>
    /// <returns>All three.</returns>
    public (float Largest, float LogTotal, float Entropy) Measure()
    {
        Flush();
        Sampling.Measure(_device, Logits.Reshape(1, Vocabulary), _target, _measures);
        Span<float> measures = stackalloc float[Sampling.Measures];
        _measures.CopyTo(measures);
        return (measures[0], measures[1], measures[2]);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (DeviceMemory? memory in (ReadOnlySpan<DeviceMemory?>)[_ids.Memory, _factors.Memory, _additions.Memory, _allowed.Memory,
            _measures.Memory, _target.Memory])
        {
            memory?.Dispose();
        }
    }

    /// <summary>Begins a token.</summary>
    /// <param name="logits">[vocabulary]; changed in place.</param>
    /// <param name="tokens">The prompt and what was generated.</param>
    /// <param name="promptLength">Tokens of the prompt.</param>
    internal void Begin(View1<float> logits, ReadOnlyMemory<int> tokens, int promptLength)
    {
        (Logits, Tokens, PromptLength) = (logits, tokens, promptLength);
        (Temperature, IsMasked, MayBan, IsComplete, _isScaled) = (1, false, false, false, false);
        _places.Clear();
    }

    /// <summary>Makes the edits that are still held.</summary>
    internal void MakeEdits()
    {
        if (_places.Count == 0)
            return;
        int count = _places.Count;
        _ids.Slice(0, count).CopyFrom(_heldIds.AsSpan(0, count));
        _factors.Slice(0, count).CopyFrom(_heldFactors.AsSpan(0, count));
        _additions.Slice(0, count).CopyFrom(_heldAdditions.AsSpan(0, count));
        Sampling.EditLogits(_device, Logits, Logits, _ids, _factors, _additions, count);
        _places.Clear();
    }

    /// <summary>Makes every change so far and copies the logits to the host, -inf where the mask bans.</summary>
    internal void ReadInto(Span<float> logits)
    {
        Flush();
        Logits.CopyTo(logits);
        if (!IsMasked)
            return;
        for (int i = 0; i < logits.Length; i++)
        {
            if ((_allowedBits[i >> 5] >> i & 1) == 0)
                logits[i] = float.NegativeInfinity;
        }
    }

    private void Flush()
    {
        MakeEdits();
        if (Temperature != 1)
            Sampling.Process(_device, Logits, Logits, new TemperatureProcessor(Temperature));
        (Temperature, _isScaled) = (1, false);
    }
}
