using KernelFoundry.Inference.Models;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Generation;

/// <summary>Chooses a token from the logits of one position, on the device that computed them.</summary>
internal sealed class TokenSampler : IDisposable
{
    private readonly LanguageModel _model;
    private readonly GenerationOptions _options;
    private readonly uint _seed;
    private readonly View1<int> _token;
    private readonly View2<float> _zeros;
    private readonly View2<float> _check;
    private uint _step;

    public TokenSampler(LanguageModel model, GenerationOptions options)
    {
        _model = model;
        _options = options;
        _seed = options.Seed ?? (uint)Random.Shared.NextInt64(1L << 32);
        _token = model.Device.Allocate<int>(1);
        _zeros = model.Device.Allocate<float>(1, model.Configuration.VocabularySize);
        _check = model.Device.Allocate<float>(1, 1);
    }

    /// <summary>The next token.</summary>
    /// <param name="logits">[1, vocabulary].</param>
    /// <param name="position">Position the token will have, for messages.</param>
    /// <exception cref="InvalidModelException">A logit is not a finite number.</exception>
    public int Next(View2<float> logits, int position)
    {
        Device device = _model.Device;
        if (_options.Temperature > 0)
        {
            Sampling.Sample(
                device, logits.Row(0), _token, _options.Temperature, _options.TopK, _options.TopP, _options.MinP, _seed, _step++);
        }
        else
        {
            Sampling.ArgMax(device, logits, _token);
        }

        // 0 times a number is 0, but 0 times NaN or infinity is NaN: the product with zeros finds one among all logits where they are.
        Linear.MatVec(device, logits, _zeros, _check, default(NoEpilogue));
        float check = 0;
        _check.CopyTo(new Span<float>(ref check));
        if (check != 0)
        {
            throw new InvalidModelException(_model.Name, $"the logits for position {position}", "partly NaN or infinite",
                "finite numbers, which finite weights of usual size give");
        }

        int token = 0;
        _token.CopyTo(new Span<int>(ref token));
        return token;
    }

    public void Dispose()
    {
        _token.Memory!.Dispose();
        _zeros.Memory!.Dispose();
        _check.Memory!.Dispose();
    }
}
