using KernelFoundry.Kernels;
using KernelFoundry.Training.Configuration;

namespace KernelFoundry.Training.Model;

/// <summary>The loss over the vocabulary: logits are x W^T, [tokens, vocabulary], which are never in memory all at once.</summary>
/// <typeparam name="T">Element type of the weights.</typeparam>
internal sealed class OutputLoss<T>
    where T : unmanaged
{
    // Enough for a matrix product to be at its speed; at 4,096 tokens of vocabulary these logits are 16 MiB.
    private const int TokensTogether = 1024;

    private readonly Device _device;
    private readonly TrainedLinear<T> _head;
    private readonly View2<float> _logits;
    private readonly View1<float> _losses;
    private readonly View1<float> _logSums;
    private readonly View1<float> _lossGradient;
    private readonly float[] _host;
    private readonly float[] _hostGradient;

    public OutputLoss(Device device, DeviceBuffers buffers, TrainedLinear<T> head, int tokens, LossMethod method)
    {
        _device = device;
        _head = head;
        _logits = method == LossMethod.Plain ? buffers.Take(Math.Min(tokens, TokensTogether), head.Weight.Extent0) : default;
        _losses = buffers.Take<float>(tokens);
        _logSums = buffers.Take<float>(tokens);
        _lossGradient = buffers.Take<float>(tokens);
        _host = new float[tokens];
        _hostGradient = new float[tokens];
    }

    /// <summary>The sum of the losses of all tokens with a label.</summary>
    /// <param name="x">Outputs of the last norm, [tokens, embedding].</param>
    /// <param name="labels">[tokens].</param>
    public double Forward(View2<float> x, View1<int> labels) => Run(x, labels, default);

    /// <summary>The same, and adds to the gradients of the weights and of x.</summary>
    /// <param name="x">Outputs of the last norm, [tokens, embedding].</param>
    /// <param name="labels">[tokens].</param>
    /// <param name="factor">What the loss of a token counts.</param>
    /// <param name="dx">[tokens, embedding].</param>
    public double ForwardBackward(View2<float> x, View1<int> labels, float factor, View2<float> dx)
    {
        Array.Fill(_hostGradient, factor);
        _lossGradient.CopyFrom(_hostGradient);
        return Run(x, labels, dx);
    }

    private double Run(View2<float> x, View1<int> labels, View2<float> dx)
    {
        if (_logits.Memory is null)
        {
            RunCut(x, labels, dx);
        }
        else
        {
            for (int first = 0; first < x.Extent0; first += _logits.Extent0)
                RunPlain(x, labels, dx, first, Math.Min(_logits.Extent0, x.Extent0 - first));
        }

        _losses.CopyTo(_host);
        double sum = 0;
        foreach (float loss in _host)
            sum += loss;
        return sum;
    }

    private void RunCut(View2<float> x, View1<int> labels, View2<float> dx)
    {
        Loss.CutCrossEntropy(_device, x, _head.Weight, labels, _losses, _logSums);
        if (dx.Memory is null)
            return;

        // What is below half a unit of bfloat16's last place of 1 is lost in its rounding: the paper's threshold. The exact gradient has none.
        float threshold = typeof(T) == typeof(BFloat16) ? 1f / 4096 : 0f;
        Loss.CutCrossEntropyBackwardX(_device, x, _head.Weight, labels, _logSums, _lossGradient, dx, threshold);
        if (_head.Gradient is { } gradient)
            Loss.CutCrossEntropyBackwardW(_device, x, _head.Weight, labels, _logSums, _lossGradient, gradient, threshold);
    }

    private void RunPlain(View2<float> x, View1<int> labels, View2<float> dx, int first, int count)
    {
        View2<float> rows = x.Slice(0, first, count), logits = _logits.Slice(0, 0, count);
        View1<int> expected = labels.Slice(first, count);
        View1<float> logSums = _logSums.Slice(first, count);
        _head.Forward(_device, rows, logits);
        Loss.CrossEntropy(_device, logits, expected, _losses.Slice(first, count), logSums);
        if (dx.Memory is null)
            return;
        Loss.CrossEntropyBackward(_device, logits, expected, logSums, _lossGradient.Slice(first, count), logits);
        _head.Backward(_device, rows, logits, dx.Slice(0, first, count));
    }
}
