using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The truncation that looks at neighbours in sorted order, and so sorts.</content>
public static partial class Sampling
{
    /// <summary>
    /// Tail-free sampling: keeps the most probable tokens until the absolute second differences of the sorted probabilities, normalized, sum to more
    /// than a share: the first, and one more for each difference up to there (Phénix and Egan, "Tail Free Sampling", 2019). Fewer than three
    /// tokens, and such as are all alike, stay as they are, and a share of 1 keeps all.
    /// </summary>
    /// <param name="size">How many candidates there are.</param>
    /// <param name="list">Their processed logits.</param>
    /// <param name="low">The least logit that is left.</param>
    /// <param name="high">The largest logit that is left.</param>
    /// <param name="least">Output, the least logit that is left after it.</param>
    /// <param name="sorted">Room for as many as the list, up to the next power of two.</param>
    /// <param name="share">The share.</param>
    /// <param name="block">Logits taken at a time.</param>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("room", 256)]
    [Reference(nameof(CutTailReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void CutTail(
        [Shape(1)] [Range(64, 257)] View1<int> size,
        [Shape("room")] [Range(-3, 2)] View1<float> list,
        [Shape(1)] [Range(-2, -1)] View1<float> low,
        [Shape(1)] [Range(1, 2)] View1<float> high,
        [Shape(1)] View1<float> least,
        [Shape("room")] View1<float> sorted,
        [Range(0.3, 0.9)] float share,
        [Schedule(Cpu = 512, OpenCl = 512)] int block)
    {
        int length = size.LoadInt(0);
        float from = low.Load(0), to = high.Load(0);
        int room = 1;
        while (room < length)
            room *= 2;
        int count = 0;
        for (int start = 0; start < room; start += block)
        {
            var at = Range(start, block, room);
            var v = list.Load(at, at < length, float.NegativeInfinity);
            var isIn = (v >= from) & (v <= to) & (at < length);
            sorted.Store(at, Where(isIn, v, float.NegativeInfinity));
            count += Sum(Where(isIn, 1, 0));
        }

        // Batcher's bitonic sort (1968), the largest first.
        for (int run = 2; run <= room; run *= 2)
        {
            for (int stride = run / 2; stride > 0; stride /= 2)
            {
                for (int start = 0; start < room / 2; start += block)
                {
                    var pair = Range(start, block, room / 2);
                    var first = (pair * 2) - (pair & (stride - 1));
                    var second = first + stride;
                    var a = sorted.Load(first);
                    var b = sorted.Load(second);
                    var isDown = (first & run) == 0;
                    sorted.Store(first, Where(isDown, Max(a, b), Min(a, b)));
                    sorted.Store(second, Where(isDown, Min(a, b), Max(a, b)));
                }
            }
        }

        // Once for the total, once for how many stay below its share.
        float max = sorted.Load(0), total = 0;
        int kept = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            float before = 0;
            kept = 0;
            for (int start = 0; start < count - 2; start += block)
            {
                var at = Range(start, block, count - 2);
                var p0 = Exponential(sorted.Load(at) - max);
                var p1 = Exponential(sorted.Load(at + 1) - max);
                var p2 = Exponential(sorted.Load(at + 2) - max);
                var bend = Abs(p0 - p1 - (p1 - p2));
                var sums = CumSum(bend) + before;
                kept += Sum(Where(sums <= share * total, 1, 0));
                before += Sum(bend);
            }

            total = pass == 0 ? before : total;
        }

        // Rounded sums may pass a share of all a little before the end.
        least.Store(0, count < 3 || total == 0 || share >= 1f ? from : sorted.Load(Min(kept, Max(count - 1, 0))));
    }

    private static void CutTailReference(KernelCase c)
    {
        double from = c.Values("low")[0], to = c.Values("high")[0];
        double[] x = [.. c.Values("list").Take((int)c.Values("size")[0]).Where(v => v >= from && v <= to).OrderDescending()];
        double[] p = [.. x.Select(v => Math.Exp(v - x[0]))];
        double[] bends = [.. Enumerable.Range(0, Math.Max(p.Length - 2, 0)).Select(i => Math.Abs(p[i] - p[i + 1] - (p[i + 1] - p[i + 2])))];
        double total = bends.Sum(), sum = 0;
        int kept = bends.TakeWhile(bend => (sum += bend) <= c.Scalar("share") * total).Count();
        c.Output("least")[0] = total == 0 ? from : x[kept];
        c.Scratch("sorted");
    }
}
