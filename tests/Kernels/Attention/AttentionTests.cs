using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class AttentionTests
{
    public static TheoryData<string> Scores =>
    [
        typeof(FullScore).FullName!, typeof(CausalScore).FullName!, typeof(SlidingWindowScore).FullName!, typeof(SoftCapScore).FullName!,
        typeof(AlibiScore).FullName!, typeof(SinkScore).FullName!,
    ];

    // Group sizes 1, 3, 5 and 8 and head dimensions that fill no vector, on every target.
    [Theory]
    [MemberData(nameof(Scores))]
    public void Any_group_size_and_head_dimension(string score)
    {
        (int Heads, int KvHeads, int HeadDim)[] shapes = [(3, 3, 7), (3, 1, 80), (15, 3, 96), (8, 1, 64), (16, 2, 7), (5, 1, 80)];
        foreach ((int number, TestTarget target) in TestTargets.All.Index())
        {
            (int heads, int kvHeads, int headDim) = shapes[number % shapes.Length];
            void Run(string kernel, Dictionary<string, int> axes) =>
                KernelRunner.Run(KernelCases.Create(typeof(Attention), kernel, target, ["Half", score], axes));

            foreach ((int tokens, int keys, int start) in new[] { (5, 37, 30), (2, 3, 0) })
            {
                Run(nameof(Attention.FlashAttention), new()
                {
                    ["tokens"] = tokens, ["heads"] = heads, ["kvHeads"] = kvHeads, ["keys"] = keys, ["headDim"] = headDim,
                    ["start"] = start,
                });
                Run(nameof(Attention.FlashDecode), new()
                {
                    ["heads"] = heads, ["kvHeads"] = kvHeads, ["keys"] = keys, ["splits"] = 3, ["headDim"] = headDim, ["position"] = start,
                });
            }
        }
    }

    [Theory]
    [DeviceData]
    public void A_query_whose_keys_are_all_masked_gives_zeros(Device device)
    {
        using var inputs = new AttentionInputs(device, tokens: 3, heads: 4, kvHeads: 2, keys: 10, headDim: 64);
        Attention.FlashAttention(device, inputs.Q, inputs.K, inputs.V, inputs.O, new SlidingWindowScore(3), 64, start: 1000, scale: 0.125f);
        Assert.All(inputs.O.ToArray(), value => Assert.Equal(0, value));

        inputs.Decode(new SlidingWindowScore(3), position: 1000, splits: 3);
        Assert.All(inputs.DecodedO.ToArray(), value => Assert.Equal(0, value));

        // The query at 11 sees keys 9 and on, of which there is one: its output is that key's value.
        inputs.Decode(new SlidingWindowScore(3), position: 11, splits: 3);
        float[] v = inputs.V.ToArray(), o = inputs.DecodedO.ToArray();
        for (int i = 0; i < o.Length; i++)
            Assert.Equal(v[(((9 * 2) + (i / 64 / 2)) * 64) + (i % 64)], o[i], 1e-6f);
    }

    [Theory]
    [DeviceData]
    public void Splits_of_decoding_sum_to_what_prefill_gives(Device device)
    {
        using var inputs = new AttentionInputs(device, tokens: 1, heads: 6, kvHeads: 2, keys: 101, headDim: 80);
        View1<float> sinks = device.Upload<float>([1, -2, 0.5f, 3, 0, 1.5f]);
        foreach (int splits in new[] { 1, 2, 7, 101, 150 })
        {
            Compare(default(FullScore));
            Compare(default(CausalScore));
            Compare(new SlidingWindowScore(40));
            Compare(new AlibiScore(6));
            Compare(new SoftCapScore(2));
            Compare(new SinkScore(sinks));

            void Compare<TScore>(TScore score)
                where TScore : struct, IScoreFunctor<TScore>
            {
                Attention.FlashAttention(device, inputs.Q, inputs.K, inputs.V, inputs.O, score, 80, start: 90, scale: 0.11f);
                inputs.Decode(score, position: 90, splits);
                double[] expected = [.. inputs.O.ToArray()], found = [.. inputs.DecodedO.ToArray()];
                string? difference = Comparison.Describe(typeof(TScore).Name, [6, 80], expected, found, 1e-6);
                Assert.True(difference is null, $"{splits} splits: {difference}");
            }
        }
    }

    // A sequence's result may not depend on which queries are computed with it.
    [Theory]
    [DeviceData]
    public void A_query_gives_the_same_bits_in_any_batch(Device device)
    {
        using var inputs = new AttentionInputs(device, tokens: 29, heads: 4, kvHeads: 2, keys: 200, headDim: 64);
        Compare(default(CausalScore));
        Compare(new SlidingWindowScore(50));
        Compare(default(FullScore));

        void Compare<TScore>(TScore score)
            where TScore : struct, IScoreFunctor<TScore>
        {
            Attention.FlashAttention(device, inputs.Q, inputs.K, inputs.V, inputs.O, score, 64, start: 150, scale: 0.125f);
            float[] all = inputs.O.ToArray();
            foreach ((int first, int count) in new[] { (0, 1), (7, 3), (11, 18), (28, 1) })
            {
                View3<float> part = device.Allocate<float>(count, 4, 64);
                View3<float> q = inputs.Q.Slice(0, first, count);
                Attention.FlashAttention(device, q, inputs.K, inputs.V, part, score, 64, start: 150 + first, scale: 0.125f);
                Assert.Equal(all[(first * 256)..((first + count) * 256)], part.ToArray());
                part.Memory!.Dispose();
            }
        }
    }
}
