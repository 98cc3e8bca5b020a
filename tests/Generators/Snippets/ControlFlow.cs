using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

public enum Mode
{
    Sum = 1,
    Max = 2,
}

public static partial class Control
{
    private const int Limit = 100;

    /// <summary>One of everything that steers a program.</summary>
    [Kernel]
    public static void ControlFlow(View2<int> table, View1<float> x, View1<float> y, int mode, uint seed, bool flag)
    {
        int row = ProgramId(0, table.Extent0);
        int at = table.LoadInt(row, 0), steps = 0;
        float total = 0;
        while (at >= 0 && steps < Limit)
        {
            total += x.Load(at);
            at = table.LoadInt(row, at);
            steps++;
        }

        var lanes = Range(0, 16);
        var acc = Zeros(lanes);
        float last;
        for (int i = 0; i <= steps; ++i)
        {
            if (mode == (int)Mode.Sum)
                acc += Uniform(seed, (uint)i, lanes.ToUInt());
            else if (mode == (int)Mode.Max)
                acc = Max(acc, (lanes * i).ToFloat());
            last = acc.Extent0 + i;
            total += last / 2;
        }

        const float Half = 0.5f;
        (float low, float high) = MinMax(total, Half);
        float middle = flag || low > 1 ? (low + high) * Half : y.Load(row);
        int code = ~(steps << 2) ^ -3;
        code %= 7;
        y.Store(row, middle + code + Select(acc, ArgMax(acc)));
        for (int j = steps; j > 0; j--)
            y.Store(Range(j, 16), acc, mask: lanes < j);
    }

    [DeviceFunction]
    private static (float Low, float High) MinMax(float a, float b)
    {
        bool ordered = a < b;
        return (ordered ? a : b, ordered ? b : a);
    }

    [DeviceFunction]
    private static float Select(Tile<float> tile, int index, float scale = 2f)
    {
        int clamped = Min(index, 15);
        return Sum(Where(Range(0, 16) == clamped, tile, 0f)) * scale;
    }
}
