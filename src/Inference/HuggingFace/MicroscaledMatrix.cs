using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// A matrix of MXFP4 as gpt-oss has it: <c>NAME_blocks</c>, [matrices, rows, blocks, 16], two elements a byte, the first in the low nibble, and <c>NAME_scales</c>,
/// [matrices, rows, blocks], powers of two. GGUF's block has its scale first, then the first 16 elements in low and the others in high nibbles.
/// </summary>
/// <param name="blocks">The elements.</param>
/// <param name="scales">The scales.</param>
/// <param name="index">Which of the matrices.</param>
internal sealed class MicroscaledMatrix(SafetensorsTensor blocks, SafetensorsTensor scales, int index)
    : MatrixSource(blocks, false, blocks.Shape[1], checked(blocks.Shape[2] * BlockElements), GgmlType.MXFP4)
{
    private const string Blocks = "_blocks", Scales = "_scales";
    private const int BlockElements = 32, BlockBytes = BlockElements / 2;

    /// <summary>Whether a tensor is the scales of another.</summary>
    public static bool IsScales(SafetensorsFolder folder, string name) => name.EndsWith(Scales, StringComparison.Ordinal) && folder.Find(name[..^Scales.Length] + Blocks) is not null;

    /// <summary>Whether a tensor's name is that of such elements.</summary>
    public static bool Reads(SafetensorsTensor tensor) => tensor.Name.EndsWith(Blocks, StringComparison.Ordinal);

    /// <summary>The matrices of a tensor.</summary>
    /// <exception cref="InvalidModelException">It or its scales are of a type or shape that does not fit.</exception>
    public static IReadOnlyList<MatrixSource> All(SafetensorsFolder folder, SafetensorsTensor blocks)
    {
        if (blocks.Type.Name != "U8" || blocks.Shape.Count != 4 || blocks.Shape[3] != BlockBytes || blocks.ElementCount == 0 || blocks.Shape[0] > ushort.MaxValue)
            throw blocks.Error("it", $"{blocks.Type} [{string.Join(", ", blocks.Shape)}]", $"U8 [matrices, rows, blocks, {BlockBytes}]");
        string name = blocks.Name[..^Blocks.Length] + Scales;
        SafetensorsTensor scales = folder.Find(name) ?? throw blocks.Error("it", "alone", $"'{name}' beside it");
        if (scales.Type.Name is not ("U8" or "F8_E8M0") || !scales.Shape.SequenceEqual(blocks.Shape.Take(3)))
            throw scales.Error("it", $"{scales.Type} [{string.Join(", ", scales.Shape)}]", $"U8 [{string.Join(", ", blocks.Shape.Take(3))}], as '{blocks.Name}' asks for");
        return [.. Enumerable.Range(0, (int)blocks.Shape[0]).Select(i => new MicroscaledMatrix(blocks, scales, i))];
    }

    public override void ReadRow(long row, Span<byte> destination)
    {
        int count = (int)(Columns / BlockElements);
        long first = ((index * Rows) + row) * count;
        ReadOnlySpan<byte> pairs = Tensor.Slice(first * BlockBytes, count * BlockBytes), exponents = scales.Slice(first, count);
        for (int i = 0; i < count; i++)
        {
            Span<byte> block = destination.Slice(i * (1 + BlockBytes), 1 + BlockBytes);
            ReadOnlySpan<byte> codes = pairs.Slice(i * BlockBytes, BlockBytes);
            block[0] = exponents[i];
            for (int j = 0; j < BlockBytes; j++)
                block[1 + j] = (byte)(Code(codes, j) | (Code(codes, j + BlockBytes) << 4));
        }
    }

    private static int Code(ReadOnlySpan<byte> pairs, int element) => (pairs[element / 2] >> (element % 2 * 4)) & 15;
}
