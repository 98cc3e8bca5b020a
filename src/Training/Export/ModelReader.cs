using System.Globalization;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Export;

/// <summary>Reads the weights of a model as floats, whatever they are stored as.</summary>
internal static class ModelReader
{
    /// <summary>The elements of all tensors of a layout.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, of another shape, of a type that cannot be read, or not finite.</exception>
    public static float[] Read(GgufFile file, ParameterLayout layout)
    {
        var values = new float[layout.Count];
        foreach (ParameterTensor wanted in layout.Tensors)
        {
            string field = $"tensor '{wanted.Name}'", shape = $"[{wanted.Rows}, {wanted.Columns}]";
            if (!file.Tensors.TryGet(wanted.Name, out GgufTensor tensor))
                throw new InvalidModelException(file.Name, field, "absent", $"a tensor of shape {shape}");
            if (tensor.Columns != wanted.Columns || tensor.Rows != wanted.Rows)
                throw new InvalidModelException(file.Name, $"the shape of {field}", $"[{tensor.Rows}, {tensor.Columns}]", shape);
            TensorCodec codec = TensorCodecs.TryGet(tensor.Type)
                ?? throw new InvalidModelException(file.Name, $"the type of {field}", $"{tensor.Type}", "a type whose elements can be read");
            for (int row = 0; row < wanted.Rows; row++)
            {
                Span<float> elements = values.AsSpan(wanted.Offset + (row * wanted.Columns), wanted.Columns);
                codec.Decode(tensor.Slice(row * tensor.RowBytes, (int)tensor.RowBytes), elements);
                foreach (float element in elements)
                {
                    if (!float.IsFinite(element))
                        throw new InvalidModelException(file.Name, $"row {row} of {field}", element.ToString(CultureInfo.InvariantCulture), "finite numbers");
                }
            }
        }

        return values;
    }
}
