using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Export;

/// <summary>Adapters added to the weights they adapt: a model like any other.</summary>
internal static class LoraMerge
{
    /// <summary>W + scale B A for every adapted W.</summary>
    /// <param name="model">The model's tensors.</param>
    /// <param name="weights">Their elements.</param>
    /// <param name="adapters">The adapters' tensors.</param>
    /// <param name="values">Their elements.</param>
    /// <param name="scale">alpha / rank.</param>
    /// <returns>The elements of the new model.</returns>
    public static float[] Merge(ParameterLayout model, float[] weights, ParameterLayout adapters, float[] values, float scale)
    {
        float[] merged = [.. weights];
        foreach (ParameterTensor matrix in model.Tensors)
        {
            if (!adapters.Has($"{matrix.Name}.lora_a"))
                continue;
            ParameterTensor a = adapters[$"{matrix.Name}.lora_a"], b = adapters[$"{matrix.Name}.lora_b"];
            for (int row = 0; row < matrix.Rows; row++)
            {
                for (int column = 0; column < matrix.Columns; column++)
                {
                    double sum = 0;
                    for (int k = 0; k < a.Rows; k++)
                        sum += (double)values[b.Offset + (row * b.Columns) + k] * values[a.Offset + (k * a.Columns) + column];
                    merged[matrix.Offset + (row * matrix.Columns) + column] += (float)(scale * sum);
                }
            }
        }

        return merged;
    }
}
