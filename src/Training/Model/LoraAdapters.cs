namespace KernelFoundry.Training.Model;

/// <summary>The adapters of a model.</summary>
/// <typeparam name="T">Element type of the weights the model computes with.</typeparam>
internal sealed class LoraAdapters<T> : IDisposable
    where T : unmanaged
{
    private readonly DeviceBuffers _buffers;
    private readonly ModelParameters<T> _parameters;
    private readonly ParameterGradients _gradients;
    private readonly View2<float> _hidden;
    private readonly View2<float> _hiddenGradient;
    private readonly float _scale;

    public LoraAdapters(Device device, ModelParameters<T> parameters, ParameterGradients gradients, int rank, float alpha, int tokens)
    {
        _buffers = new DeviceBuffers(device);
        _parameters = parameters;
        _gradients = gradients;
        _hidden = _buffers.Take(tokens, rank);
        _hiddenGradient = _buffers.Take(tokens, rank);
        _scale = alpha / rank;
    }

    /// <summary>The adapters of matrices that are multiplied as one.</summary>
    public LoraAdapter<T>[] Of(IReadOnlyList<ParameterTensor> matrices)
    {
        var adapters = new List<LoraAdapter<T>>();
        int first = 0;
        foreach (ParameterTensor matrix in matrices)
        {
            if (_parameters.Layout.Has($"{matrix.Name}.lora_a"))
            {
                ParameterTensor a = _parameters.Layout[$"{matrix.Name}.lora_a"], b = _parameters.Layout[$"{matrix.Name}.lora_b"];
                adapters.Add(new LoraAdapter<T>(
                    first, matrix.Rows, _parameters.Matrix(a, a.Rows), _parameters.Matrix(b, b.Rows), _gradients.Matrix(a, a.Rows), _gradients.Matrix(b, b.Rows),
                    _hidden, _hiddenGradient, _scale));
            }

            first += matrix.Rows;
        }

        return [.. adapters];
    }

    public void Dispose() => _buffers.Dispose();
}
