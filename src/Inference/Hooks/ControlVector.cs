using System.Globalization;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Hooks;

/// <summary>Control vectors in a GGUF file, as repeng writes them and llama.cpp reads them: tensors <c>direction.N</c>, one a layer.</summary>
public static class ControlVector
{
    private const string Prefix = "direction.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="model">The model it is for.</param>
    /// <param name="scale">What the vectors are multiplied by.</param>
    /// <returns>A hook for each of its vectors: that of <c>direction.N</c> is added to what layer N, counted from 0, leaves.</returns>
    /// <exception cref="InvalidModelException">The file is not one of control vectors, or they are not of this model's shape.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<AddVector> Read(string path, ModelConfiguration model, float scale = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        using GgufFile file = GgufFile.Open(path);
        var vectors = new List<AddVector>();
        foreach (GgufTensor tensor in file.Tensors)
        {
            if (!tensor.Name.StartsWith(Prefix, StringComparison.Ordinal)
                || !int.TryParse(tensor.Name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int layer) || layer >= model.Layers)
            {
                throw tensor.Error("its name", $"'{tensor.Name}'", $"{Prefix}0 to {Prefix}{model.Layers - 1}");
            }

            if (tensor.ElementCount != model.EmbeddingLength)
                throw tensor.Error("its length", $"{tensor.ElementCount}", $"{model.EmbeddingLength}, as the model's embedding has");
            vectors.Add(new AddVector(layer + 1, TensorValues.Finite(tensor), scale));
        }

        return vectors.Count > 0 ? vectors : throw new InvalidModelException(path, "its tensors", "none", $"{Prefix}N for layers of the model");
    }
}
