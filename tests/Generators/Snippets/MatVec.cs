using System;
using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

[FunctorInterface]
public interface IEpilogue<TSelf>
    where TSelf : struct, IEpilogue<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value, Tile<int> rows);
}

public readonly struct Identity : IEpilogue<Identity>
{
    public static Tile<float> Apply(Identity self, Tile<float> value, Tile<int> rows) => value;
}

public readonly record struct BiasSilu(View1<float> Bias, float Slope) : IEpilogue<BiasSilu>
{
    public static Tile<float> Apply(BiasSilu self, Tile<float> value, Tile<int> rows)
    {
        var biased = value + self.Bias.Load(rows);
        return Silu(biased * self.Slope);
    }

    [DeviceFunction]
    private static Tile<float> Silu(Tile<float> x) => x * Sigmoid(x);
}

public readonly struct Q4_0 : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => 18;

    public static Quantized Decode(Block b, int i) => new(Scale: b.Half(0), Code: ((b.Byte(2 + i % 16) >> (i / 16 * 4)) & 15) - 8);
}

public readonly struct Q5_1 : IQuantFormat
{
    private const int High = 4, Low = 8;

    public static int BlockSize => 32;

    public static int BlockBytes => Low + BlockSizeOf / 2;

    public static Quantized Decode(Block b, int i)
    {
        int low = (b.Byte(Low + i % 16) >> (i / 16 * 4)) & 15;
        int high = (b.Int32(High) >> i) & 1;
        return new Quantized(b.Half(0), low | (high << 4), Offset: b.Half(2));
    }

    private const int BlockSizeOf = 32;
}

public readonly struct Mx4 : IQuantFormat
{
    public static int BlockSize => 64;

    public static int GroupSize => 32;

    public static int BlockBytes => 34;

    public static Quantized Decode(Block b, int i)
    {
        int code = (b.Byte(2 + i / 2) >> (i % 2 * 4)) & 15;
        int magnitude = code & 7;
        int value = magnitude < 5 ? magnitude : magnitude == 5 ? 6 : magnitude == 6 ? 8 : 12;
        return new(BitcastToFloat(b.Byte(i / 32) << 23) * 0.5f, code > 7 ? -value : value);
    }
}

public static partial class Linear
{
    /// <summary>y = epilogue(w x): [rows, cols] times [cols].</summary>
    [Kernel(WorkGroup = 32)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 32, 96)]
    public static void MatVec<[Elements(typeof(float), typeof(Q4_0), typeof(Q5_1))] W, TEpilogue>(
        [Shape("rows", "cols")] View2<W> w,
        [Shape("cols")] View1<float> x,
        [Shape("rows")] View1<float> y,
        TEpilogue epilogue,
        [Schedule(Cpu = 16, OpenCl = 4)] int block)
        where W : unmanaged
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        var rows = ProgramRange(0, w.Extent0, block);
        var k = Range(0, w.Extent1);
        y.Store(rows, TEpilogue.Apply(epilogue, Sum(w.Load(rows, k) * Row(x.Load(k)), axis: 1), rows));
    }
}
