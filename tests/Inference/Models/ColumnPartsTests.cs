using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Long rows of numbers lie in parts, and multiply as if they were whole.</summary>
public class ColumnPartsTests
{
    private static readonly int[] s_tokens = [1, 262, 268, 259, 263, 261];

    [Theory]
    [InlineData(1)]
    [InlineData(ColumnParts.Longest)]
    [InlineData(ColumnParts.Longest + 1)]
    [InlineData(8192)]
    [InlineData(9000)]
    [InlineData(11008)]
    [InlineData(14336)]
    public void PartsHoldEveryColumnOnce(int columns)
    {
        int next = 0;
        foreach ((int first, int count) in ColumnParts.Of(columns))
        {
            Assert.Equal(next, first);
            Assert.InRange(count, 1, ColumnParts.Longest);
            next += count;
            Assert.True(next == columns || next % 64 == 0);
        }

        Assert.Equal(columns, next);
        Assert.Equal((columns + ColumnParts.Longest - 1) / ColumnParts.Longest, ColumnParts.Of(columns).Count());
    }

    // Sixteen rows lie in the memory of all matrices, eight in one of their own.
    [Theory]
    [InlineData(GgmlType.F32, 32, 1)]
    [InlineData(GgmlType.F16, 32, 2)]
    [InlineData(GgmlType.BF16, 8, 2)]
    [InlineData(GgmlType.BF16, 40, 1)]
    public void ALongBranchGivesTheLogitsOfItsNumbers(GgmlType type, int embedding, int threads)
    {
        var tiny = new TinyModel { Type = type, Embedding = embedding, FeedForward = 9000, Layers = 1 };
        double[][] expected = tiny.Oracle().Logits(s_tokens);
        using Device device = TestDevices.Open($"cpu-{threads}");
        using LanguageModel model = tiny.Open(device);
        foreach (int piece in new[] { 1, 2, s_tokens.Length })
            Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens, piece)), 0, 2e-5);
    }

    [Theory]
    [InlineData(GgmlType.F32, 4)]
    [InlineData(GgmlType.F16, 2)]
    public void RowsOfPartsAreRowsOfTheWhole(GgmlType type, int bytes)
    {
        const int Rows = 24, Columns = 8200;
        using Device device = TestDevices.Open("cpu-2");
        var random = new Random(5);
        byte[] file = new byte[Rows * Columns * bytes];
        float[] numbers = new float[Rows * Columns];
        for (int i = 0; i < numbers.Length; i++)
        {
            var number = (Half)(random.NextSingle() - 0.5f);
            numbers[i] = (float)number;
            if (bytes == 2)
                BitConverter.TryWriteBytes(file.AsSpan(2 * i), number);
            else
                BitConverter.TryWriteBytes(file.AsSpan(4 * i), numbers[i]);
        }

        var arena = new WeightArena(device, WeightArena.Room(file.Length));
        using DeviceMemory memory = arena.Memory;
        WeightMatrix matrix = WeightFormats.Create(type, device, new WeightPlace(null, 0, Rows, Columns, Read, arena, InParts: true));
        Assert.IsType<ColumnParts>(matrix);
        Assert.Equal((Rows, Columns), (matrix.Rows, matrix.Columns));

        View2<float> x = device.Allocate<float>(1, Columns), y = device.Allocate<float>(1, 7), added = device.Allocate<float>(1, 7);
        for (int k = 0; k < Columns; k++)
            x.AsSpan()[k] = random.NextSingle() - 0.5f;
        added.AsSpan().Fill(3);
        WeightMatrix some = matrix.Slice(9, 7);
        some.Project(device, x, y);
        some.ProjectAndAdd(device, x, added);
        device.Synchronize();
        for (int row = 0; row < 7; row++)
        {
            double sum = 0;
            for (int k = 0; k < Columns; k++)
                sum += (double)numbers[((9 + row) * Columns) + k] * x.AsSpan()[k];
            Assert.Equal(sum, y.AsSpan()[row], 1e-4);
            Assert.Equal(sum + 3, added.AsSpan()[row], 1e-4);
        }

        void Read(long offset, Span<byte> destination) => file.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }
}
