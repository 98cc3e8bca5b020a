using KernelFoundry.Inference.Hooks;

namespace KernelFoundry.Inference.Models;

/// <content>Hooks between the layers, and logits of any layer's stream.</content>
public sealed partial class Transformer
{
    private LayerHooks? _hooks;

    /// <summary>
    /// What the last norm and the output matrix make of hidden states: of those after any number of layers, the logit lens (nostalgebraist, "interpreting
    /// GPT: the logit lens", 2020), which shows what the model would say if the layers above did nothing.
    /// </summary>
    /// <param name="states">Hidden states, as <see cref="CaptureStates"/> keeps them, [tokens, embedding], on the model's device; at most <see cref="MostBatchTokens"/>.</param>
    /// <param name="logits">Receives their logits, [tokens, vocabulary].</param>
    /// <exception cref="ArgumentException">A view has another shape, or there are too many states.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder, which gives no logits.</exception>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    public void Unembed(View2<float> states, View2<float> logits)
    {
        if (_weights.Logits is null)
            throw new NotSupportedException($"'{Configuration.Architecture.Name}' is an encoder, which gives no logits.");
        if (states.Extent0 is 0 || states.Extent0 > MostBatchTokens || states.Extent1 != Configuration.EmbeddingLength)
            throw new ArgumentException($"States have the shape [1 to {MostBatchTokens}, {Configuration.EmbeddingLength}], but the view is {states}.", nameof(states));
        if (logits.Extent0 != states.Extent0 || logits.Extent1 != Configuration.VocabularySize)
            throw new ArgumentException($"Logits of {states.Extent0} states have the shape [{states.Extent0}, {Configuration.VocabularySize}], but the view is {logits}.", nameof(logits));
        lock (_running)
        {
            ProductOrder.Set(_options.BatchInvariant);
            ComputeLogits(states, _activations.Take(states.Extent0).Normed, logits);
        }
    }

    /// <summary>Puts hooks to work.</summary>
    internal void Attach(LayerHooks hooks)
    {
        lock (_running)
        {
            if (_hooks is not null)
                throw new InvalidOperationException("The transformer has hooks already; give one LayerHooks all of them.");
            _hooks = hooks;
        }
    }

    /// <summary>Takes hooks out, if they are in.</summary>
    internal void Detach(LayerHooks hooks)
    {
        lock (_running)
        {
            if (ReferenceEquals(_hooks, hooks))
                _hooks = null;
        }
    }
}
