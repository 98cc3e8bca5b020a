using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>A step of decoding run as a graph, while the cache grows: the bits of its launches one by one.</summary>
public sealed class GraphTests
{
    private const int Heads = 6, KvHeads = 2, HeadDim = 64, Capacity = 5 * Attention.BlockTokens, Splits = 3, Channels = Heads * HeadDim;

    [Theory]
    [DeviceData]
    public void A_growing_cache_is_attended_to_as_without_a_graph(Device device)
    {
        var step = new Step(device);
        using LaunchGraph graph = device.CreateGraph();
        var expected = new List<float[]>();
        for (int position = 0; position < Capacity; position += position < 4 ? 1 : 23)
        {
            step.Plan(position);
            step.Launch(position);
            expected.Add(step.Result);
            graph.Run((step, position), static a => a.step.Launch(a.position));
            Assert.Equal(expected[^1], step.Result);
        }

        // Repeated with what it was given before, a step would give the same again.
        Assert.NotEqual(expected[0], expected[^1]);
    }

    private sealed class Step
    {
        private readonly Device device;
        private readonly Random random = new(1);
        private readonly View2<float> x, normed, weights, attended, result, cache;
        private readonly View3<float> max, sum;
        private readonly View4<float> acc;
        private readonly View1<int> numbers;
        private readonly View1<float> gains;

        public Step(Device device)
        {
            this.device = device;
            x = Draw(1, Channels);
            gains = Draw(1, Channels).Row(0);
            weights = Draw(Channels, Channels);
            cache = Draw(2 * Capacity, KvHeads * HeadDim);
            normed = Draw(1, Channels);
            attended = Draw(1, Channels);
            result = Draw(1, Channels);
            max = device.Allocate<float>(1, Splits, Heads);
            sum = device.Allocate<float>(1, Splits, Heads);
            acc = device.Allocate<float>(1, Splits, Heads, HeadDim);
            numbers = device.Upload<int>([0, 4, 2, 0, 1, 3]);
        }

        public float[] Result => result.ToArray();

        public void Plan(int position) => numbers.Slice(0, 1).CopyFrom([position]);

        public void Launch(int position)
        {
            View3<float> keys = new(cache.Memory!, 0, Capacity, KvHeads, HeadDim);
            View3<float> values = new(cache.Memory!, sizeof(float) * Capacity * KvHeads * HeadDim, Capacity, KvHeads, HeadDim);
            View3<float> queries = new(normed.Memory!, 0, 1, Heads, HeadDim), heads = new(attended.Memory!, 0, 1, Heads, HeadDim);
            View2<int> blocks = numbers.Slice(1, 5).Reshape(1, 5);
            int splits = (position / Attention.KeysPerSplit) + 1;
            View1<int> positions = numbers.Slice(0, 1);
            Normalization.RmsNorm(device, x, gains, normed, 1e-5f);
            View3<float> m = max.Slice(1, 0, splits), l = sum.Slice(1, 0, splits);
            View4<float> o = acc.Slice(1, 0, splits);
            Attention.FlashDecode(device, queries, keys, values, blocks, positions, m, l, o, default(CausalScore), HeadDim, 0.125f);
            Attention.CombineSplits(device, m, l, o, positions, heads, default(CausalScore));
            Linear.MatVec(device, weights, attended, result, default(NoEpilogue));
        }

        private View2<float> Draw(int rows, int columns)
        {
            View2<float> view = device.Allocate<float>(rows, columns);
            view.CopyFrom([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)]);
            return view;
        }
    }
}
