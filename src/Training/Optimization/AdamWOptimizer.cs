using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Optimization;

/// <summary>AdamW with clipping by the norm of all gradients, over all weights of a layout at once.</summary>
/// <typeparam name="T">Element type of the weights the model computes with.</typeparam>
internal sealed class AdamWOptimizer<T> : IDisposable
    where T : unmanaged
{
    private const int NormPartials = 256;

    private readonly Device _device;
    private readonly OptimizerOptions _options;
    private readonly ModelParameters<T> _parameters;
    private readonly ParameterGradients _gradients;
    private readonly View1<float> _partials;
    private readonly float[] _hostPartials = new float[NormPartials];

    public AdamWOptimizer(Device device, OptimizerOptions options, ModelParameters<T> parameters, ParameterGradients gradients)
    {
        _device = device;
        _options = options;
        _parameters = parameters;
        _gradients = gradients;
        FirstMoments = device.Allocate<float>(parameters.Layout.Count);
        SecondMoments = device.Allocate<float>(parameters.Layout.Count);
        _partials = device.Allocate<float>(NormPartials);
    }

    /// <summary>[layout.Count].</summary>
    public View1<float> FirstMoments { get; }

    /// <summary>[layout.Count].</summary>
    public View1<float> SecondMoments { get; }

    /// <summary>Changes the weights.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <returns>The norm of the gradients before clipping. Where it is not finite, the weights have not been changed.</returns>
    public double Step(long step, double learningRate)
    {
        double norm = Norm();
        if (!double.IsFinite(norm))
            return norm;
        float scale = _options.ClipNorm > 0 && norm > _options.ClipNorm ? (float)(_options.ClipNorm / norm) : 1f;
        float correction1 = (float)(1 / (1 - Math.Pow(_options.Beta1, step + 1))), correction2 = (float)(1 / (1 - Math.Pow(_options.Beta2, step + 1)));
        int matrices = _parameters.Layout.MatrixCount, vectors = _parameters.Layout.Count - matrices;
        Update(0, matrices, _options.WeightDecay);
        if (vectors > 0)
            Update(matrices, vectors, decay: 0);
        return norm;

        void Update(int first, int count, float decay) => Kernels.Optimization.AdamW(
            _device, _parameters.Master.Slice(first, count), _gradients.All.Slice(first, count), FirstMoments.Slice(first, count),
            SecondMoments.Slice(first, count), _parameters.Working.Slice(first, count), scale, (float)learningRate, _options.Beta1, _options.Beta2,
            _options.Epsilon, decay, correction1, correction2);
    }

    public void Dispose()
    {
        FirstMoments.Memory!.Dispose();
        SecondMoments.Memory!.Dispose();
        _partials.Memory!.Dispose();
    }

    private double Norm()
    {
        Kernels.Optimization.SquareSums(_device, _gradients.All, _partials);
        _partials.CopyTo(_hostPartials);
        double sum = 0;
        foreach (float partial in _hostPartials)
            sum += partial;
        return Math.Sqrt(sum);
    }
}
