using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Model;
using KernelFoundry.Training.Optimization;

namespace KernelFoundry.Training;

/// <summary>A model on a device with all that learning needs.</summary>
/// <typeparam name="T">Element type of the weights the model computes with.</typeparam>
internal sealed class TrainingEngine<T> : TrainingEngine
    where T : unmanaged
{
    private readonly List<IDisposable> _owned = [];
    private readonly ModelParameters<T> _learning;
    private readonly ParameterGradients _gradients;
    private readonly AdamWOptimizer<T> _optimizer;
    private readonly TrainingTransformer<T> _transformer;

    /// <param name="device">Where to train.</param>
    /// <param name="model">The model.</param>
    /// <param name="layout">Its tensors.</param>
    /// <param name="weights">Their elements.</param>
    /// <param name="options">How to train.</param>
    public TrainingEngine(Device device, ModelConfiguration model, ParameterLayout layout, float[] weights, TrainingOptions options)
    {
        try
        {
            var parameters = Own(new ModelParameters<T>(device, layout));
            parameters.Set(weights);
            int tokens = options.Batch.TokensAtOnce;
            LoraAdapters<T>? adapters = null;
            _learning = parameters;
            if (options.Lora is { } lora)
            {
                _learning = Own(new ModelParameters<T>(device, ParameterLayout.Of(model, lora)));
                _learning.Set(First(_learning.Layout, options.Seed));
            }

            _gradients = Own(new ParameterGradients(device, _learning.Layout));
            if (options.Lora is { } adapted)
                adapters = Own(new LoraAdapters<T>(device, _learning, _gradients, adapted.Rank, adapted.Alpha, tokens));
            var modelWeights = Own(new ModelWeights<T>(device, model, parameters, adapters is null ? _gradients : null, adapters));
            _optimizer = Own(new AdamWOptimizer<T>(device, options.Optimizer, _learning, _gradients));
            _transformer = Own(new TrainingTransformer<T>(device, model, modelWeights, tokens, options));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override ParameterLayout Layout => _learning.Layout;

    /// <summary>The first weights of a layout.</summary>
    public static float[] First(ParameterLayout layout, uint seed)
    {
        var values = new float[layout.Count];
        Initialization.Fill(layout, seed, values);
        return values;
    }

    public override void Clear() => _gradients.Clear();

    public override double Learn(TokenBatch batch, float factor) => _transformer.Learn(batch, factor);

    public override double Measure(TokenBatch batch) => _transformer.Measure(batch);

    public override double Step(long step, double learningRate) => _optimizer.Step(step, learningRate);

    public override float[] Weights() => _learning.Master.ToArray();

    public override float[] Gradients() => _gradients.All.ToArray();

    public override (float[] First, float[] Second) Moments() => (_optimizer.FirstMoments.ToArray(), _optimizer.SecondMoments.ToArray());

    public override void Restore(float[] weights, float[] firstMoments, float[] secondMoments)
    {
        _learning.Set(weights);
        _optimizer.FirstMoments.CopyFrom(firstMoments);
        _optimizer.SecondMoments.CopyFrom(secondMoments);
    }

    public override void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
    }

    private TOwned Own<TOwned>(TOwned owned)
        where TOwned : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
