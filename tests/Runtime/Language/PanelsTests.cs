namespace KernelFoundry.Runtime.Tests.Language;

/// <summary>Rows of quantized blocks in panels.</summary>
public sealed class PanelsTests
{
    private const int Guard = 7;

    [Theory]
    [InlineData("Q4_0", 2)]
    [InlineData("Q8_0", 2)]
    [InlineData("Q5_1", 0)]
    [InlineData("MXFP4", 1)]
    [InlineData("Q6_K", 0)]
    [InlineData("Q3_K", 0)]
    public void BytesLieAsTheLayoutSays(string format, int leading)
    {
        switch (format)
        {
            case "Q4_0":
                Check<Q4_0>(leading);
                break;
            case "Q8_0":
                Check<Q8_0>(leading);
                break;
            case "Q5_1":
                Check<Q5_1>(leading);
                break;
            case "MXFP4":
                Check<MXFP4>(leading);
                break;
            case "Q6_K":
                Check<Q6_K>(leading);
                break;
            default:
                Check<Q3_K>(leading);
                break;
        }
    }

    [Fact]
    public void AMatrixOfStridedRowsIsPackedOnEveryDeviceAlike()
    {
        byte[] bytes = Bytes(40 * 3 * Element<Q4_0>.BlockBytes);
        using DeviceMemory memory = Device.Reference.AllocateBytes(bytes.Length);
        memory.Write(0, bytes);
        var rows = new View2<Q4_0>(memory, 0, (40, 64), 96);
        Panels<Q4_0> packed = Device.Reference.Pack(rows);
        using DeviceMemory owned = packed.Memory!;
        for (int row = 0; row < 40; row++)
        {
            for (int column = 0; column < 64; column++)
                Assert.Equal(rows.Load(row, column), packed.Load(row, column));
        }
    }

    [Fact]
    public void SomeOfTheRowsAreAMatrixOfTheirOwn()
    {
        using DeviceMemory memory = Device.Reference.AllocateBytes(40 * 2 * Element<Q4_0>.BlockBytes);
        memory.Write(0, Bytes((int)memory.ByteLength));
        Panels<Q4_0> packed = Device.Reference.Pack(new View2<Q4_0>(memory, 0, 40, 64));
        using DeviceMemory owned = packed.Memory!;
        Panels<Q4_0> some = packed.Slice(16, 20);
        Assert.Equal((20, 64), (some.Extent0, some.Extent1));
        for (int row = 0; row < some.Extent0; row++)
        {
            for (int column = 0; column < 64; column++)
                Assert.Equal(packed.Load(16 + row, column), some.Load(row, column));
        }

        Assert.Contains("begins no panel", Assert.Throws<ArgumentException>(() => packed.Slice(8, 8)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Slice(16, 25));
    }

    [Fact]
    public void MemoryThatIsThereAlreadyTakesPanelsFromAnOffsetOn()
    {
        using DeviceMemory memory = Device.Reference.AllocateBytes(16 * Element<Q4_0>.BlockBytes), target = Device.Reference.AllocateBytes(64 + memory.ByteLength);
        memory.Write(0, Bytes((int)memory.ByteLength));
        var rows = new View2<Q4_0>(memory, 0, 16, 32);
        Panels<Q4_0> packed = Device.Reference.Pack<Q4_0>(16, 32, (offset, bytes) => memory.Read(offset, bytes), target, 64);
        Assert.Equal(rows.Load(7, 9), packed.Load(7, 9));
        Assert.Throws<ArgumentException>(() => Device.Reference.Pack<Q4_0>(16, 32, (_, _) => { }, target, 65));
    }

    [Fact]
    public void WhatIsNoMatrixOfBlocksIsRefused()
    {
        using DeviceMemory memory = Device.Reference.AllocateBytes(16 * 18);
        Assert.Contains("not of float", Assert.Throws<ArgumentException>(() => Panels.Bytes<float>(16, 32)).Message, StringComparison.Ordinal);
        Assert.Contains("33 columns", Assert.Throws<ArgumentException>(() => Panels.Bytes<Q4_0>(16, 33)).Message, StringComparison.Ordinal);
        Assert.Contains("need 576 bytes", Assert.Throws<ArgumentException>(() => new Panels<Q4_0>(memory, 0, 17, 32)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Panels<Q4_0>(memory, 0, -1, 32));
        Assert.Throws<ArgumentException>(() => Panels.Pack<Q4_0>(new byte[17], 32, new byte[16 * 18]));
        Assert.Throws<ArgumentException>(() => Panels.Pack<Q4_0>(new byte[18], 32, new byte[18]));
        var whole = new Panels<Q4_0>(memory, 0, 16, 32);
        Assert.Throws<KernelExecutionException>(() => whole.Load(16, 0));
        Assert.Throws<KernelExecutionException>(() => whole.Load(0, 32));
        Assert.Equal((0, 0), (default(Panels<Q4_0>).Extent0, default(Panels<Q4_0>).Extent1));
    }

    [Fact]
    public void WhatTheSourceFailsWithIsTheError()
    {
        var opened = new List<long>();
        Assert.Throws<EndOfStreamException>(() => Device.Reference.Pack<Q8_0>(64, 4096, (offset, _) =>
        {
            lock (opened)
                opened.Add(offset);
            throw new EndOfStreamException();
        }));
        Assert.NotEmpty(opened);
    }

    // The layout written down once more: what comes first, and for each part the rows one after the other.
    private static void Check<T>(int leading)
        where T : unmanaged
    {
        const int Blocks = 2, Rows = 19;
        int block = Element<T>.BlockBytes, columns = Blocks * Element<T>.BlockSize;
        byte[] bytes = Bytes(Guard + (Rows * Blocks * block));
        using DeviceMemory memory = Device.Reference.AllocateBytes(bytes.Length);
        memory.Write(0, bytes);
        Panels<T> packed = Device.Reference.Pack(new View2<T>(memory, Guard, Rows, columns));
        using DeviceMemory owned = packed.Memory!;
        var expected = new List<byte>();
        for (int panel = 0; panel < 2; panel++)
        {
            for (int b = 0; b < Blocks; b++)
            {
                for (int start = 0, size; start < block; start += size)
                {
                    size = start == 0 && leading > 0 ? leading : Math.Min(4, block - start);
                    for (int row = 16 * panel; row < 16 * (panel + 1); row++)
                    {
                        for (int i = 0; i < size; i++)
                            expected.Add(row < Rows ? bytes[Guard + (((row * Blocks) + b) * block) + start + i] : (byte)0);
                    }
                }
            }
        }

        var found = new byte[owned.ByteLength];
        owned.Read(0, found);
        Assert.Equal(expected, found);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(17).NextBytes(bytes);
        return bytes;
    }
}
