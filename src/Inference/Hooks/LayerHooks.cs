using KernelFoundry.Inference.Models;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Hooks;

/// <summary>
/// Hooks at work in a transformer: from when this is made until it is disposed of, every token that goes through the model, of whatever sequence, passes
/// them. Hooks of one layer act in their order. Without hooks a pass costs nothing more. Keys and values that a cache holds stay as they were when they
/// were computed.
/// </summary>
public sealed class LayerHooks : IDisposable
{
    private readonly Transformer _transformer;
    private readonly IReadOnlyList<LayerHook>[] _hooks;
    private readonly Dictionary<LayerHook, View1<float>> _vectors = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, List<float>> _captured = [];
    private readonly Dictionary<int, List<AttentionMap>> _attention = [];

    /// <summary>Puts hooks to work.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="hooks">The hooks.</param>
    /// <exception cref="ArgumentOutOfRangeException">A hook is at a layer that the model has not, or its factor is not a finite number.</exception>
    /// <exception cref="ArgumentException">A vector has not as many numbers as the model's stream, or one of them is not finite, or a layer's attention is captured twice.</exception>
    /// <exception cref="InvalidOperationException">The transformer has hooks already.</exception>
    public LayerHooks(Transformer transformer, params IReadOnlyList<LayerHook> hooks)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentNullException.ThrowIfNull(hooks);
        ModelConfiguration model = transformer.Configuration;
        foreach (LayerHook hook in hooks)
            Check(hook, model);
        _transformer = transformer;
        _hooks = [.. Enumerable.Range(0, model.Layers + 1).Select(layer => hooks.Where(hook => hook.Layer == layer).ToArray())];
        try
        {
            foreach (LayerHook hook in hooks)
                Prepare(hook);
            transformer.Attach(this);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a <see cref="CaptureStates"/> has kept since the last <see cref="Clear"/>: the tokens' states in the order they went through the model.</summary>
    /// <param name="layer">Its layer.</param>
    /// <returns>The states, [tokens, embedding], row-major.</returns>
    /// <exception cref="ArgumentException">Nothing is captured there.</exception>
    public float[] Captured(int layer) => _captured.TryGetValue(layer, out List<float>? states)
        ? [.. states]
        : throw new ArgumentException($"No hook captures the stream after {layer} layers.", nameof(layer));

    /// <summary>What a <see cref="CaptureAttention"/> has kept since the last <see cref="Clear"/>: a map for every token, in the order they went through the model.</summary>
    /// <param name="layer">Its layer.</param>
    /// <returns>The maps.</returns>
    /// <exception cref="ArgumentException">Nothing is captured there.</exception>
    public IReadOnlyList<AttentionMap> Attention(int layer) => _attention.TryGetValue(layer, out List<AttentionMap>? maps)
        ? [.. maps]
        : throw new ArgumentException($"No hook captures the attention of layer {layer}.", nameof(layer));

    /// <summary>Forgets what was captured.</summary>
    public void Clear()
    {
        foreach (List<float> states in _captured.Values)
            states.Clear();
        foreach (List<AttentionMap> maps in _attention.Values)
            maps.Clear();
    }

    /// <summary>Takes the hooks out of the transformer and frees their vectors.</summary>
    public void Dispose()
    {
        _transformer.Detach(this);
        foreach (View1<float> vector in _vectors.Values)
            vector.Memory!.Dispose();
        _vectors.Clear();
    }

    /// <summary>Does what hooks there are between two layers.</summary>
    /// <param name="layer">How many layers the stream has been through.</param>
    /// <param name="stream">The residual stream, [tokens, embedding].</param>
    internal void Run(int layer, View2<float> stream)
    {
        Device device = _transformer.Device;
        foreach (LayerHook hook in _hooks[layer])
        {
            switch (hook)
            {
                case AddVector:
                    Elementwise.AddBias(device, stream, _vectors[hook], stream);
                    break;
                case ReplaceStates:
                    Elementwise.Fill(device, stream, 0);
                    Elementwise.AddBias(device, stream, _vectors[hook], stream);
                    break;
                case ScaleStates scale:
                    Elementwise.Scale(device, stream, stream, scale.Factor);
                    break;
                case CaptureStates:
                    _captured[layer].AddRange(stream.ToArray());
                    break;
            }
        }
    }

    /// <summary>Does what hooks there are inside a layer.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="queries">Its queries, turned, [tokens, heads, headDim].</param>
    /// <param name="scores">What becomes of scores.</param>
    /// <param name="plan">Where their keys are.</param>
    internal void Attend(int layer, View3<float> queries, LayerAttention scores, BatchPlan plan)
    {
        foreach (LayerHook hook in _hooks[layer])
        {
            if (hook is CaptureAttention capture)
                Capture(capture, queries, scores, plan);
        }
    }

    private void Capture(CaptureAttention capture, View3<float> queries, LayerAttention scores, BatchPlan plan)
    {
        ModelConfiguration model = _transformer.Configuration;
        IReadOnlyList<int> heads = capture.Heads ?? [.. Enumerable.Range(0, model.Heads)];
        for (int i = 0; i < plan.Count; i++)
        {
            (int first, int tokens, int start) = plan[i];
            KvCache cache = plan.Cache(i);
            int[] slots = [.. Enumerable.Range(0, start + tokens).Select(cache.Slot)];
            var weights = new AttentionWeights(scores, queries.Slice(0, first, tokens).ToArray(), plan.Pool.ReadKeys(capture.Layer, slots), start, plan.Tree)
            {
                Heads = model.Heads,
                KeyValueHeads = model.KeyValueHeads,
                HeadDim = model.HeadDim,
            };
            for (int token = 0; token < tokens; token++)
                _attention[capture.Layer].Add(new AttentionMap(weights.Position(token), heads, [.. heads.Select(head => weights.Of(token, head))]));
        }
    }

    private void Prepare(LayerHook hook)
    {
        switch (hook)
        {
            case AddVector add:
                _vectors[add] = _transformer.Device.Upload<float>([.. add.Vector.ToArray().Select(x => x * add.Scale)]);
                break;
            case ReplaceStates replace:
                _vectors[replace] = _transformer.Device.Upload<float>(replace.Vector.ToArray());
                break;
            case CaptureStates capture:
                _captured[capture.Layer] = [];
                break;
            case CaptureAttention capture:
                if (!_attention.TryAdd(capture.Layer, []))
                    throw new ArgumentException($"Two hooks capture the attention of layer {capture.Layer}; give one of them all heads.", nameof(hook));
                break;
        }
    }

    private static void Check(CaptureAttention hook, ModelConfiguration model)
    {
        if (hook.Layer == model.Layers)
            throw new ArgumentOutOfRangeException(nameof(hook), hook.Layer, $"The attention of a layer is captured at the stream it reads, from 0 to {model.Layers - 1}.");
        foreach (int head in hook.Heads ?? [])
        {
            if ((uint)head >= (uint)model.Heads)
                throw new ArgumentOutOfRangeException(nameof(hook), head, $"The model has query heads 0 to {model.Heads - 1}.");
        }
    }

    private static void Check(LayerHook hook, ModelConfiguration model)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (hook.Layer < 0 || hook.Layer > model.Layers)
            throw new ArgumentOutOfRangeException(nameof(hook), hook.Layer, $"The model has {model.Layers} layers: a hook's layer is from 0, the embedding, to {model.Layers}.");
        if (hook is CaptureAttention attention)
            Check(attention, model);
        ReadOnlySpan<float> vector = hook switch { AddVector add => add.Vector.Span, ReplaceStates replace => replace.Vector.Span, _ => default };
        if (hook is AddVector or ReplaceStates && vector.Length != model.EmbeddingLength)
            throw new ArgumentException($"{hook.GetType().Name} at layer {hook.Layer} has {vector.Length} numbers, but the model's stream has {model.EmbeddingLength}.", nameof(hook));
        foreach (float x in vector)
        {
            if (!float.IsFinite(x))
                throw new ArgumentException($"{hook.GetType().Name} at layer {hook.Layer} holds {x}.", nameof(hook));
        }

        float factor = hook switch { AddVector add => add.Scale, ScaleStates scale => scale.Factor, _ => 1 };
        if (!float.IsFinite(factor))
            throw new ArgumentOutOfRangeException(nameof(hook), factor, $"The factor of {hook.GetType().Name} at layer {hook.Layer} is not a finite number.");
    }
}
