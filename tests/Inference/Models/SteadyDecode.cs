using KernelFoundry.Inference.Models;
using KernelFoundry.Testing;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Decoding, which must not allocate.</summary>
internal static class SteadyDecode
{
    private const int Tokens = 100;

    /// <summary>Fails if a hundred decoded tokens allocate on the managed heap.</summary>
    /// <param name="model">The model; its context is 100 positions at least.</param>
    public static void AllocatesNothing(LanguageModel model)
    {
        using KvCache cache = model.Transformer.CreateCache(Tokens);
        View2<float> logits = model.Device.Allocate<float>(1, model.Configuration.VocabularySize);
        var token = new int[1];
        Assert.Equal(0, Allocations.Least(() =>
        {
            cache.Rollback(0);
            for (int i = 0; i < Tokens; i++)
                model.Transformer.Forward(token, cache, logits);
        }));
    }
}
