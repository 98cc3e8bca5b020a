using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// A matrix of 8-bit floats (Micikevicius et al., "FP8 Formats for Deep Learning", 2022) with a scale a block, a row, or for all, as BF16: what its makers' own
/// programs write it out as. DeepSeek-AI, "DeepSeek-V3", 2024, section 3.3.
/// </summary>
/// <param name="tensor">The elements.</param>
/// <param name="scales">What they are multiplied by.</param>
/// <param name="rows">Rows.</param>
/// <param name="columns">Elements of a row.</param>
internal sealed class ScaledMatrix(SafetensorsTensor tensor, BlockScales scales, long rows, long columns) : MatrixSource(tensor, false, rows, columns, GgmlType.BF16)
{
    private readonly float[] _values = tensor.Type.Name == "F8_E4M3" ? s_e4m3 : s_e5m2;

    private static readonly float[] s_e4m3 = [.. Enumerable.Range(0, 256).Select(E4M3)];

    // A half without its last eight bits.
    private static readonly float[] s_e5m2 = [.. Enumerable.Range(0, 256).Select(code => (float)BitConverter.UInt16BitsToHalf((ushort)(code << 8)))];

    /// <summary>Whether a type is one of these floats.</summary>
    public static bool Reads(SafetensorsType type) => type.Name is "F8_E4M3" or "F8_E5M2";

    public override void ReadRow(long row, Span<byte> destination)
    {
        ReadOnlySpan<byte> codes = Tensor.Slice(row * Columns, checked((int)Columns));
        Span<BFloat16> values = MemoryMarshal.Cast<byte, BFloat16>(destination);
        for (int first = 0; first < codes.Length;)
        {
            float scale = scales.At(row, first, out int end);
            for (end = Math.Min(end, codes.Length); first < end; first++)
                values[first] = BFloat16.FromSingle(_values[codes[first]] * scale);
        }
    }

    // Four bits of exponent, bias 7, three of mantissa; all ones are no number, and nothing is infinite.
    private static float E4M3(int code)
    {
        int exponent = (code >> 3) & 15, mantissa = code & 7;
        float magnitude = (code & 127) == 127 ? float.NaN
            : exponent == 0 ? mantissa / 512f
            : (1 + (mantissa / 8f)) * MathF.ScaleB(1, exponent - 7);
        return code < 128 ? magnitude : -magnitude;
    }
}
