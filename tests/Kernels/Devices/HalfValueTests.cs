using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Halves have the value of their bits, each of the 65,536: zeros with their sign, subnormals, infinities, NaNs.</summary>
public sealed class HalfValueTests
{
    private const int Rows = 256, Cols = 256;

    [Fact]
    public void Every_half_becomes_its_float()
    {
        Half[] table = [.. Enumerable.Range(0, Rows * Cols).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        foreach (Device device in TestDevices.All)
            Check(device, table);
    }

    private static void Check(Device device, Half[] table)
    {
        View2<float> y = device.Allocate<float>(Rows, Cols);
        Embedding.EmbeddingLookup(device, device.Upload<int>([.. Enumerable.Range(0, Rows)]), device.Upload<Half>(table, Rows, Cols), y, 1f);
        float[] found = y.ToArray();
        for (int i = 0; i < table.Length; i++)
        {
            float expected = (float)table[i];
            bool isSame = float.IsNaN(expected) ? float.IsNaN(found[i]) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(found[i]);
            Assert.True(isSame, $"0x{i:X4} is {expected:R}, not {found[i]:R}, on {device}");
        }
    }
}
