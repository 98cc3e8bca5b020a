using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Everything between the projections and attention.</content>
public static partial class Positions
{
    /// <summary>
    /// Turns the queries and keys of tokens to their positions, and stores keys and values in a cache, rounded to its elements: one launch for what stands between a layer's
    /// projections and its attention. Dimensions beyond the pairs are copied. Exact to about 1e-5 up to position 131072. NaN stays within its pair.
    /// <paramref name="turned"/> may be <paramref name="q"/>.
    /// </summary>
    /// <param name="q">Queries, [tokens, heads, headDim].</param>
    /// <param name="k">Keys, [tokens, kvHeads, headDim].</param>
    /// <param name="v">Values, [tokens, kvHeads, headDim].</param>
    /// <param name="positions">Position of each token, [tokens].</param>
    /// <param name="frequencies">Radians a position, [pairs], with 2 * pairs at most headDim: see <see cref="RotaryFrequencies"/>.</param>
    /// <param name="turned">The queries, turned, [tokens, heads, headDim].</param>
    /// <param name="slots">Where in the cache each token's keys and values go, [tokens]; no two the same.</param>
    /// <param name="keys">The cache's keys, [slots, kvHeads, headDim].</param>
    /// <param name="values">The cache's values, [slots, kvHeads, headDim].</param>
    /// <param name="order">Which dimensions are pairs.</param>
    /// <typeparam name="T">Element type of the cache.</typeparam>
    /// <typeparam name="TPairs">Which dimensions are pairs.</typeparam>
    [Kernel]
    [Axis("tokens", 1)]
    [Axis("slots", 7)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 3)]
    [Axis("headDim", 64, 80, 127)]
    [Axis("pairs", 7, 16, 31, 32)]
    [Reference(nameof(RotateAndStoreReference))]
    [Tolerance(typeof(float), 1e-5)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void RotateAndStore<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T, TPairs>(
        [Shape("tokens", "heads", "headDim")] View3<float> q,
        [Shape("tokens", "kvHeads", "headDim")] View3<float> k,
        [Shape("tokens", "kvHeads", "headDim")] View3<float> v,
        [Shape("tokens")] [Range(0, 131072)] View1<int> positions,
        [Shape("pairs")] [Range(0, 1)] View1<float> frequencies,
        [Shape("tokens", "heads", "headDim")] View3<float> turned,
        [Shape("tokens")] [Range(0, 7)] View1<int> slots,
        [Shape("slots", "kvHeads", "headDim")] View3<T> keys,
        [Shape("slots", "kvHeads", "headDim")] View3<T> values,
        TPairs order)
        where T : unmanaged
        where TPairs : struct, IRotaryPairs<TPairs>
    {
        int token = ProgramId(0, q.Extent0);
        int slot = slots.LoadInt(token);
        var heads = Range(0, q.Extent1);
        var kvHeads = Range(0, k.Extent1);
        var all = Range(0, v.Extent2);
        var pair = Range(0, frequencies.Extent0);
        var rest = Range(2 * frequencies.Extent0, q.Extent2 - (2 * frequencies.Extent0));
        var first = TPairs.First(order, pair, frequencies.Extent0);
        var second = TPairs.Second(order, pair, frequencies.Extent0);
        var (cos, sin) = Rotation(positions.LoadInt(token), frequencies.Load(pair));

        var a = q.Load(token, heads, first);
        var b = q.Load(token, heads, second);
        turned.Store(token, heads, first, (a * Row(cos)) - (b * Row(sin)));
        turned.Store(token, heads, second, (a * Row(sin)) + (b * Row(cos)));
        turned.Store(token, heads, rest, q.Load(token, heads, rest));

        var x = k.Load(token, kvHeads, first);
        var y = k.Load(token, kvHeads, second);
        keys.Store(slot, kvHeads, first, (x * Row(cos)) - (y * Row(sin)));
        keys.Store(slot, kvHeads, second, (x * Row(sin)) + (y * Row(cos)));
        keys.Store(slot, kvHeads, rest, k.Load(token, kvHeads, rest));
        values.Store(slot, kvHeads, all, v.Load(token, kvHeads, all));
    }

    private static void RotateAndStoreReference(KernelCase c)
    {
        var order = (IRotaryPairsReference)c.Functor("order");
        RopeReference(c, "q", "turned", order.Reference);
        RopeReference(c, "k", "keys", order.Reference, "slots");
        double[] slots = c.Values("slots"), v = c.Values("v");
        int length = c.Extent("v", 1) * c.Extent("v", 2);
        for (int token = 0; token < slots.Length; token++)
            v.AsSpan(token * length, length).CopyTo(c.Output("values").AsSpan((int)slots[token] * length));
    }
}
