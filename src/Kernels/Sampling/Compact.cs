using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Which of the logits that were read again matter.</content>
public static partial class Sampling
{
    /// <summary>
    /// Lists the collected logits that can matter to a draw, in their order: of the groups of 64 that hold one of the k largest logits, little more
    /// than k are as large as the least of them. What follows works on these alone.
    /// </summary>
    /// <param name="counts">How many groups were read, first.</param>
    /// <param name="floor">The least logit that matters.</param>
    /// <param name="collected">Processed logits, 64 a group.</param>
    /// <param name="order">Output, the places of those that matter, ascending; room for all.</param>
    /// <param name="size">Output, how many there are.</param>
    /// <param name="block">Logits taken at a time.</param>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("room", 256)]
    [Reference(nameof(CompactReference))]
    public static void Compact(
        [Shape(3)] [Range(0, 5)] View1<int> counts,
        [Shape(1)] [Range(-1, 2)] View1<float> floor,
        [Shape("room")] [Range(-3, 3)] View1<float> collected,
        [Shape("room")] View1<int> order,
        [Shape(1)] View1<int> size,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 4096)] int block)
    {
        int length = counts.LoadInt(0) * Group;
        float least = floor.Load(0);
        int found = 0;
        for (int start = 0; start < length; start += block)
        {
            var at = Range(start, block, length);
            var matters = collected.Load(at) >= least;
            var place = CumSum(Where(matters, 1, 0));
            order.StoreInt(place + (found - 1), at, matters);
            found += Sum(Where(matters, 1, 0));
        }

        size.StoreInt(0, found);
    }

    private static void CompactReference(KernelCase c)
    {
        double[] collected = c.Values("collected"), order = c.Output("order");
        double least = c.Values("floor")[0];
        int found = 0;
        for (int i = 0; i < (int)c.Values("counts")[0] * Group; i++)
        {
            if (collected[i] >= least)
                order[found++] = i;
        }

        c.Output("size")[0] = found;
    }
}
