using KernelFoundry.Inference.Models;
using KernelFoundry.Kernels;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;

namespace KernelFoundry.Training.Model;

/// <summary>
/// The transformer of <see cref="Inference.Models.Transformer"/> with its derivative: the same <see cref="ModelConfiguration"/>, many documents at once, the loss
/// in place of logits. Results are the same bits for any number of threads.
/// </summary>
/// <typeparam name="T">Element type of the weights the model computes with.</typeparam>
internal sealed class TrainingTransformer<T> : IDisposable
    where T : unmanaged
{
    private readonly Device _device;
    private readonly ModelConfiguration _model;
    private readonly ModelWeights<T> _weights;
    private readonly DeviceBuffers _buffers;
    private readonly BatchViews _batch;
    private readonly SortedTokens? _sorted;
    private readonly View2<float>[] _residuals;
    private readonly LayerActivations[] _layers;
    private readonly View2<float> _outputNormed;
    private readonly GradientBuffers _gradients;
    private readonly OutputLoss<T> _loss;
    private readonly View1<float> _frequencies;
    private readonly View1<float> _frequenciesBack;
    private readonly float _scoreScale;
    private readonly bool _recomputes;

    /// <param name="device">Where to run.</param>
    /// <param name="model">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="tokens">Tokens of every batch.</param>
    /// <param name="options">How the loss is computed and what is computed again.</param>
    public TrainingTransformer(Device device, ModelConfiguration model, ModelWeights<T> weights, int tokens, TrainingOptions options)
    {
        _device = device;
        _model = model;
        _weights = weights;
        _recomputes = options.RecomputesActivations;
        _scoreScale = 1f / MathF.Sqrt(model.HeadDim);
        _buffers = new DeviceBuffers(device);
        _batch = new BatchViews(_buffers, tokens);
        _sorted = weights.EmbeddingGradient is null ? null : new SortedTokens(tokens, model.VocabularySize);
        _residuals = Take(model.Layers + 1, () => _buffers.Take(tokens, model.EmbeddingLength));
        _layers = _recomputes
            ? Repeat(new LayerActivations(_buffers, model, tokens), model.Layers)
            : Take(model.Layers, () => new LayerActivations(_buffers, model, tokens));
        _outputNormed = _buffers.Take(tokens, model.EmbeddingLength);
        _gradients = new GradientBuffers(_buffers, model, tokens);
        _loss = new OutputLoss<T>(device, _buffers, weights.Output, tokens, options.Loss);
        _frequencies = _buffers.Take<float>(model.RotaryDims / 2);
        _frequenciesBack = _buffers.Take<float>(model.RotaryDims / 2);
        float[] frequencies = RotaryFrequencies.Create(model.RotaryDims, model.RotaryBase, model.RotaryScale);
        _frequencies.CopyFrom(frequencies);
        _frequenciesBack.CopyFrom(Array.ConvertAll(frequencies, frequency => -frequency));
    }

    /// <summary>The sum of the losses of a batch.</summary>
    public double Measure(TokenBatch batch)
    {
        _batch.Set(batch, null);
        Forward();
        return _loss.Forward(_outputNormed, _batch.Labels);
    }

    /// <summary>The sum of the losses of a batch; adds to the gradients.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="factor">What the loss of a token counts: 1 / the number of tokens of the whole step with a label.</param>
    public double Learn(TokenBatch batch, float factor)
    {
        GradientBuffers d = _gradients;
        _sorted?.Sort(batch.Tokens);
        _batch.Set(batch, _sorted);
        Forward();
        Clear(d.Normed);
        double sum = _loss.ForwardBackward(_outputNormed, _batch.Labels, factor, d.Normed);
        Clear(d.Residual);
        _weights.OutputNorm.Backward(_device, _residuals[^1], d.Normed, d.Residual);
        for (int i = _model.Layers - 1; i >= 0; i--)
        {
            if (_recomputes && i < _model.Layers - 1)
                Forward(i);
            BackwardFeedForward(_weights.Layers[i], _layers[i], d);
            BackwardAttention(_weights.Layers[i], _residuals[i], _layers[i], d);
        }

        if (_weights.EmbeddingGradient is { } gradient)
            Embedding.EmbeddingBackward(_device, _batch.Rows, _batch.First, _batch.Order, d.Residual, gradient, 1f);
        return sum;
    }

    public void Dispose() => _buffers.Dispose();

    private void Forward()
    {
        Embedding.EmbeddingLookup(_device, _batch.Tokens, _weights.Embedding, _residuals[0], 1f);
        for (int i = 0; i < _model.Layers; i++)
        {
            Forward(i);
            _weights.Layers[i].Down.ForwardAdd(_device, _layers[i].Gated, _layers[i].Middle, _residuals[i + 1]);
        }

        _weights.OutputNorm.Forward(_device, _residuals[^1], _outputNormed);
    }

    // All of a layer but its last product, which nothing on the way back needs.
    private void Forward(int index)
    {
        TrainedLayer<T> layer = _weights.Layers[index];
        LayerActivations a = _layers[index];
        layer.AttentionNorm.Forward(_device, _residuals[index], a.Normed);
        layer.Attention.Forward(_device, a.Normed, a.Projected.All);
        Turn(a.Projected.Turned, _frequencies);
        Attention.PackedAttention(
            _device, a.Projected.Queries, a.Projected.Keys, a.Projected.Values, _batch.Starts, a.AttendedHeads, a.LogSums, _model.HeadDim, _scoreScale);
        layer.AttentionOutput.ForwardAdd(_device, a.Attended, _residuals[index], a.Middle);
        layer.FeedForwardNorm.Forward(_device, a.Middle, a.MiddleNormed);
        layer.GateUp.Forward(_device, a.MiddleNormed, a.GateUp);
        Activation.GatedLinearUnit(_device, a.Gate, a.Up, a.Gated, default(Silu));
    }

    // The residual connection needs nothing: its gradient is that of the stream, to which the norm's is added.
    private void BackwardFeedForward(TrainedLayer<T> layer, LayerActivations a, GradientBuffers d)
    {
        Clear(d.Gated);
        layer.Down.Backward(_device, a.Gated, d.Residual, d.Gated);
        Clear(d.GateUp);
        Activation.GatedLinearUnitBackward(_device, a.Gate, a.Up, d.Gated, d.Gate, d.Up, default(Silu));
        Clear(d.Normed);
        layer.GateUp.Backward(_device, a.MiddleNormed, d.GateUp, d.Normed);
        layer.FeedForwardNorm.Backward(_device, a.Middle, d.Normed, d.Residual);
    }

    private void BackwardAttention(TrainedLayer<T> layer, View2<float> residual, LayerActivations a, GradientBuffers d)
    {
        Clear(d.Attended);
        layer.AttentionOutput.Backward(_device, a.Attended, d.Residual, d.Attended);
        Clear(d.Projected.All);
        (View3<float> q, View3<float> k, View3<float> v) = (a.Projected.Queries, a.Projected.Keys, a.Projected.Values);
        Attention.PackedAttentionDelta(_device, a.AttendedHeads, d.AttendedHeads, d.Delta);
        Attention.PackedAttentionBackwardQ(
            _device, q, k, v, _batch.Starts, d.AttendedHeads, a.LogSums, d.Delta, d.Projected.Queries, _model.HeadDim, _scoreScale);
        Attention.PackedAttentionBackwardKv(
            _device, q, k, v, _batch.Starts, _batch.Ends, d.AttendedHeads, a.LogSums, d.Delta, d.Projected.Keys, d.Projected.Values, _model.HeadDim, _scoreScale);

        // A rotation's gradient is the rotation back.
        Turn(d.Projected.Turned, _frequenciesBack);
        Clear(d.Normed);
        layer.Attention.Backward(_device, a.Normed, d.Projected.All, d.Normed);
        layer.AttentionNorm.Backward(_device, residual, d.Normed, d.Residual);
    }

    private void Turn(View3<float> heads, View1<float> frequencies)
    {
        if (_model.Architecture.Rotary == RotaryKind.Interleaved)
            Positions.RopeInterleaved(_device, heads, _batch.Positions, frequencies, heads);
        else
            Positions.RopeHalfSplit(_device, heads, _batch.Positions, frequencies, heads);
    }

    private void Clear(View2<float> view) => Elementwise.Fill(_device, view, 0f);

    private static TItem[] Take<TItem>(int count, Func<TItem> create) => [.. Enumerable.Range(0, count).Select(_ => create())];

    private static TItem[] Repeat<TItem>(TItem item, int count) => [.. Enumerable.Repeat(item, count)];
}
