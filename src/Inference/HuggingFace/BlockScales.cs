using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>The scales of a matrix's blocks, which a folder has in a tensor beside it.</summary>
internal sealed class BlockScales
{
    private static readonly string[] s_endings = ["_scale_inv", "_scale"];
    private readonly float[] _values;
    private readonly long _blockRows;
    private readonly long _blockColumns;
    private readonly long _perRow;

    private BlockScales(float[] values, long blockRows, long blockColumns, long perRow) =>
        (_values, _blockRows, _blockColumns, _perRow) = (values, blockRows, blockColumns, perRow);

    /// <summary>Whether a tensor is the scales of another, or of the activations that meet it, which are not rounded here.</summary>
    public static bool Are(SafetensorsFolder folder, string name)
    {
        const string ofInputs = ".input_scale", ofActivations = ".activation_scale";
        foreach (string ending in (ReadOnlySpan<string>)[ofInputs, ofActivations])
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
                return folder.Find(name[..^ending.Length] + ".weight") is { } weights && ScaledMatrix.Reads(weights.Type);
        }

        return s_endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal) && folder.Find(name[..^ending.Length]) is { } scaled && ScaledMatrix.Reads(scaled.Type));
    }

    /// <summary>The scales of a matrix; ones where it has none.</summary>
    /// <exception cref="InvalidModelException">They are of a type or shape that does not fit.</exception>
    public static BlockScales Of(SafetensorsFolder folder, SafetensorsTensor matrix, JsonField config)
    {
        long rows = matrix.Shape[0], columns = matrix.Shape[1];
        if (s_endings.Select(ending => folder.Find(matrix.Name + ending)).FirstOrDefault(found => found is not null) is not { } scales)
            return new BlockScales([1], rows, columns, 1);
        var (blockRows, blockColumns) = BlockOf(config, scales, rows, columns);
        long down = (rows + blockRows - 1) / blockRows, across = (columns + blockColumns - 1) / blockColumns;
        if (scales.ElementCount != down * across || (scales.Shape.Count == 2 && scales.Shape[1] != across))
            throw scales.Error("its shape", $"[{string.Join(", ", scales.Shape)}]", $"[{down}, {across}]: a scale for each {blockRows} rows and {blockColumns} columns of '{matrix.Name}'");
        return new BlockScales(Values(scales), blockRows, blockColumns, across);
    }

    /// <summary>The scale of an element.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    /// <param name="end">The first column after it with another scale.</param>
    public float At(long row, long column, out int end)
    {
        long block = column / _blockColumns;
        end = (int)Math.Min(int.MaxValue, (block + 1) * _blockColumns);
        return _values[(row / _blockRows * _perRow) + block];
    }

    // One for all, one a row, or one a block whose size the configuration says.
    private static (long Rows, long Columns) BlockOf(JsonField config, SafetensorsTensor scales, long rows, long columns)
    {
        JsonField size = config["quantization_config"] is { IsObject: true } quantization ? quantization["weight_block_size"] : default;
        if (!size.IsNull)
        {
            int[] sizes = [.. size.Elements().Select(element => element.Integer())];
            return sizes is [> 0, > 0] ? (sizes[0], sizes[1]) : throw size.Error(size.Describe(), "two numbers above 0: rows and columns of a block");
        }

        return scales.ElementCount == 1 ? (rows, columns) : (1, columns);
    }

    private static float[] Values(SafetensorsTensor scales)
    {
        var values = new float[checked((int)scales.ElementCount)];
        if (scales.Type.Name == "F8_E8M0")
        {
            // A power of two (OCP Microscaling Formats 1.0, section 5.4.1).
            ReadOnlySpan<byte> exponents = scales.Data;
            for (int i = 0; i < values.Length; i++)
                values[i] = MathF.ScaleB(1, exponents[i] - 127);
            return values;
        }

        if (scales.Type.Ggml is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16))
            throw scales.Error("its dtype", $"{scales.Type}", "F32, F16, BF16 or F8_E8M0");
        TensorCodecs.Of(scales.Type.Ggml.Value).Decode(scales.Data, values);
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw scales.Error($"element {wrong}", $"{values[wrong]}", "a finite number");
    }
}
