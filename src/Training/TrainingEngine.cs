using KernelFoundry.Training.Data;
using KernelFoundry.Training.Model;

namespace KernelFoundry.Training;

/// <summary>A model on a device with all that learning needs, whatever the element type of its weights.</summary>
internal abstract class TrainingEngine : IDisposable
{
    /// <summary>The tensors that learn: those of the model, or of its adapters.</summary>
    public abstract ParameterLayout Layout { get; }

    /// <summary>Sets all gradients to 0.</summary>
    public abstract void Clear();

    /// <summary>Adds a batch to the gradients.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="factor">What the loss of a token counts.</param>
    /// <returns>The sum of its losses.</returns>
    public abstract double Learn(TokenBatch batch, float factor);

    /// <summary>The sum of a batch's losses.</summary>
    public abstract double Measure(TokenBatch batch);

    /// <summary>Changes the weights by the gradients.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <returns>The norm of the gradients; where it is not finite, nothing has changed.</returns>
    public abstract double Step(long step, double learningRate);

    /// <summary>The weights that learn, [layout.Count].</summary>
    public abstract float[] Weights();

    /// <summary>Their gradients, [layout.Count].</summary>
    public abstract float[] Gradients();

    /// <summary>Their moments, [layout.Count] each.</summary>
    public abstract (float[] First, float[] Second) Moments();

    /// <summary>Sets the weights that learn, and their moments.</summary>
    public abstract void Restore(float[] weights, float[] firstMoments, float[] secondMoments);

    public abstract void Dispose();
}
