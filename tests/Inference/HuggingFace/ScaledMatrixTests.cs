using System.Runtime.InteropServices;
using System.Text.Json;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>Eight-bit floats with scales, read as BF16.</summary>
public class ScaledMatrixTests
{
    private const int Rows = 37, Columns = 50;

    [Theory]
    [InlineData("F8_E4M3", "F32", new long[] { 3, 4 }, "_scale_inv", "[16, 13]")]
    [InlineData("F8_E4M3", "BF16", new long[] { 3, 4 }, "_scale", "[16, 13]")]
    [InlineData("F8_E4M3", "F8_E8M0", new long[] { 3, 4 }, "_scale_inv", "[16, 13]")]
    [InlineData("F8_E4M3", "F32", new long[] { Rows, 1 }, "_scale", null)]
    [InlineData("F8_E4M3", "F32", new long[] { Rows }, "_scale", null)]
    [InlineData("F8_E4M3", "F32", new long[] { }, "_scale", null)]
    [InlineData("F8_E5M2", "F32", new long[] { 1 }, "_scale", null)]
    [InlineData("F8_E5M2", "F32", null, "", null)]
    public void RowsAreCodesTimesTheScaleOfTheirBlock(string type, string scaleType, long[]? scaleShape, string ending, string? block)
    {
        var random = new Random(7);
        byte[] codes = [.. Enumerable.Range(0, Rows * Columns).Select(i => (byte)(i % 251))];
        int count = (int)(scaleShape ?? []).Aggregate(1L, (product, extent) => product * extent);
        float[] scales = [.. Enumerable.Range(0, count).Select(_ => scaleType == "F8_E8M0" ? (float)Math.Pow(2, random.Next(-9, 4)) : Sixteen((float)random.NextDouble() / 40))];
        byte[] scaleBytes = scaleType switch
        {
            "F8_E8M0" => [.. scales.Select(scale => (byte)(127 + Math.ILogB(scale)))],
            "BF16" => [.. scales.SelectMany(scale => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(scale) >> 16)))],
            _ => MemoryMarshal.AsBytes<float>(scales).ToArray(),
        };
        using var place = new TemporaryFolder();
        var builder = new SafetensorsBuilder();
        builder.Add("a.weight", type, [Rows, Columns], codes);
        if (scaleShape is not null)
            builder.Add("a.weight" + ending, scaleType, scaleShape, scaleBytes);
        File.WriteAllBytes(place.File("model.safetensors"), builder.Build());
        using SafetensorsFolder folder = SafetensorsFolder.Open(place.Path);
        using JsonDocument config = JsonDocument.Parse(block is null ? "{}" : $"{{\"quantization_config\": {{\"weight_block_size\": {block}}}}}");
        SafetensorsTensor tensor = folder.Find("a.weight")!;
        var matrix = new ScaledMatrix(tensor, BlockScales.Of(folder, tensor, new JsonField(config.RootElement, "config.json", "")), Rows, Columns);

        var row = new ushort[Columns];
        for (int r = 0; r < Rows; r++)
        {
            matrix.ReadRow(r, MemoryMarshal.AsBytes(row.AsSpan()));
            for (int c = 0; c < Columns; c++)
            {
                float scale = scaleShape is null ? 1 : count == 1 ? scales[0] : block is null ? scales[r] : scales[(r / 16 * 4) + (c / 13)];
                int code = codes[(r * Columns) + c];
                float expected = Sixteen((type == "F8_E4M3" ? ScaledEights.Number(code) : (float)BitConverter.Int16BitsToHalf((short)(code << 8))) * scale);
                float found = BitConverter.UInt32BitsToSingle((uint)row[c] << 16);
                Assert.True((code & 127) == 127 && type == "F8_E4M3" ? float.IsNaN(found) : expected.Equals(found), $"row {r}, column {c}, code {code}: {found}, not {expected}");
            }
        }

        Assert.Equal(scaleShape is not null, BlockScales.Are(folder, "a.weight" + ending));
    }

    [Theory]
    [InlineData("F32", new long[] { 3, 3 }, "[16, 13]", "[3, 4]")]
    [InlineData("F32", new long[] { 5 }, null, "[37, 1]")]
    [InlineData("I32", new long[] { 1 }, null, "I32")]
    [InlineData("F32", new long[] { 1 }, "[16]", "weight_block_size")]
    [InlineData("F32", new long[] { 1 }, "[0, 4]", "weight_block_size")]
    public void ScalesThatDoNotFitAreRefused(string type, long[] shape, string? block, string named)
    {
        using var place = new TemporaryFolder();
        var builder = new SafetensorsBuilder();
        builder.Add("a.weight", "F8_E4M3", [Rows, Columns], new byte[Rows * Columns]);
        builder.Add("a.weight_scale_inv", type, shape, new byte[4 * shape.Aggregate(1L, (product, extent) => product * extent)]);
        File.WriteAllBytes(place.File("model.safetensors"), builder.Build());
        using SafetensorsFolder folder = SafetensorsFolder.Open(place.Path);
        using JsonDocument config = JsonDocument.Parse(block is null ? "{}" : $"{{\"quantization_config\": {{\"weight_block_size\": {block}}}}}");
        var field = new JsonField(config.RootElement, "config.json", "");
        Assert.Contains(named, Assert.Throws<InvalidModelException>(() => BlockScales.Of(folder, folder.Find("a.weight")!, field)).Message, StringComparison.Ordinal);
    }

    // The upper half of a float's bits, to even.
    private static float Sixteen(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
