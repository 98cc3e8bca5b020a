using System.Globalization;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>Tensors as older GGUF files have them, where newer ones have them stacked or apart.</summary>
internal static class OlderLayouts
{
    /// <summary>Keys and values of latent attention in one, [heads * (plainDims + valueDims), keyValueRank]: the form of the papers, which files had until 2025.</summary>
    public const string LatentKeyValues = "blk.{0}.attn_kv_b";

    private const string Stacked = "_exps";

    /// <summary>The name of one expert's matrix where experts are not stacked, as in files of early 2024: <c>blk.0.ffn_up.3</c> for <c>blk.0.ffn_up_exps</c>.</summary>
    /// <param name="stack">The stack's name without its ending.</param>
    /// <param name="expert">Number of the expert.</param>
    public static string Expert(string stack, int expert) => string.Create(
        CultureInfo.InvariantCulture, $"{(stack.EndsWith(Stacked, StringComparison.Ordinal) ? stack[..^Stacked.Length] : stack)}.{expert}");

    /// <summary>Of one head of latent attention, what takes its query to where keys are short vectors, [rank, plainDims]: rows of keys, transposed. Quantized ones become F16, as blocks run along rows.</summary>
    /// <param name="tensor">Keys and values of all heads.</param>
    /// <param name="first">The head's first row.</param>
    /// <param name="rows">How many make its key.</param>
    public static (GgmlType Type, byte[] Bytes) TransposedKeys(GgufTensor tensor, int first, int rows)
    {
        TensorCodec source = TensorCodecs.TryGet(tensor.Type) ?? throw tensor.Error("its type", $"{tensor.Type}", "a type whose elements can be read");
        TensorCodec target = source.IsQuantized ? TensorCodecs.Of(GgmlType.F16) : source;
        int columns = checked((int)tensor.Columns);
        float[] row = new float[columns], all = new float[checked(rows * columns)];
        for (int r = 0; r < rows; r++)
        {
            source.Decode(tensor.Slice((first + r) * tensor.RowBytes, checked((int)tensor.RowBytes)), row);
            for (int c = 0; c < columns; c++)
                all[(c * rows) + r] = row[c];
        }

        byte[] bytes = new byte[target.RowBytes(all.Length)];
        target.Encode(all, [], bytes);
        return (target.Type, bytes);
    }
}
