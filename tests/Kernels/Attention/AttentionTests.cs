using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class AttentionTests
{
    public static TheoryData<string> Scores =>
    [
        typeof(FullScore).FullName!, typeof(CausalScore).FullName!, typeof(SlidingWindowScore).FullName!, typeof(SoftCapScore).FullName!,
        typeof(AlibiScore).FullName!, typeof(SinkScore).FullName!,
    ];

    // Group sizes 1, 3, 5 and 8 and head dimensions that fill no vector, on every target. Slow targets take fewer key heads: any number of the axis' list divides 6.
    [Theory]
    [MemberData(nameof(Scores))]
    public void Any_group_size_and_head_dimension(string score)
    {
        (int Heads, int KvHeads, int HeadDim)[] shapes = [(6, 6, 7), (3, 1, 80), (15, 3, 96), (8, 1, 64), (16, 2, 7), (5, 1, 80)];
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
                    ["start"] = start, ["slots"] = 256, ["blocks"] = 4,
                });
                Run(nameof(Attention.FlashDecode), new()
                {
                    ["sequences"] = 2, ["heads"] = heads, ["kvHeads"] = kvHeads, ["splits"] = 3, ["headDim"] = headDim, ["slots"] = 256, ["blocks"] = 5,
                });
            }
        }
    }

    [Theory]
    [DeviceData]
    public void A_query_whose_keys_are_all_masked_gives_zeros(Device device)
    {
        using var inputs = new AttentionInputs(device, tokens: 3, heads: 4, kvHeads: 2, keys: 10, headDim: 64);
        inputs.Prefill(inputs.Q, inputs.O, new SlidingWindowScore(3), start: 1000, scale: 0.125f);
        Assert.All(inputs.O.ToArray(), value => Assert.Equal(0, value));

        // The query at 9 sees keys 8 and on without its own: with a window of 1 its output is its own key's value.
        inputs.Decode(new SlidingWindowScore(1), position: 9);
        float[] v = inputs.V.ToArray(), o = inputs.DecodedO.ToArray();
        for (int i = 0; i < o.Length; i++)
            Assert.Equal(v[(((inputs.Slot(9) * 2) + (i / 64 / 2)) * 64) + (i % 64)], o[i], 1e-6f);
    }

    // On the CPU bit for bit: a token's result may not depend on whether it was decoded or came with others.
    [Theory]
    [DeviceData]
    public void Splits_of_decoding_sum_to_what_prefill_gives(Device device)
    {
        using var inputs = new AttentionInputs(device, tokens: 1, heads: 6, kvHeads: 2, keys: 401, headDim: 80);
        View1<float> sinks = device.Upload<float>([1, -2, 0.5f, 3, 0, 1.5f]);
        foreach ((int position, int unused) in new[] { (0, 0), (90, 0), (127, 2), (128, 0), (300, 1), (400, 0) })
        {
            Compare(default(CausalScore));
            Compare(new SlidingWindowScore(40));
            Compare(new SlidingWindowScore(150));
            Compare(new AlibiScore(6));
            Compare(new SoftCapScore(2));
            Compare(new SinkScore(sinks));
            Compare(new SinkScore(sinks, 140));

            void Compare<TScore>(TScore score)
                where TScore : struct, IScoreFunctor<TScore>
            {
                inputs.Prefill(inputs.Q, inputs.O, score, position, scale: 0.11f);
                inputs.Decode(score, position, unused);
                double[] expected = [.. inputs.O.ToArray()], found = [.. inputs.DecodedO.ToArray()];
                double tolerance = device.Kind is DeviceKind.Cpu or DeviceKind.Reference ? 0 : 1e-6;
                string? difference = tolerance == 0 ? (expected.SequenceEqual(found) ? null : "not the same bits")
                    : Comparison.Describe(typeof(TScore).Name, [1, 6, 80], expected, found, tolerance);
                Assert.True(difference is null, $"position {position}, {typeof(TScore).Name}: {difference}");
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
            inputs.Prefill(inputs.Q, inputs.O, score, start: 150, scale: 0.125f);
            float[] all = inputs.O.ToArray();
            foreach ((int first, int count) in new[] { (0, 1), (7, 3), (11, 18), (28, 1) })
            {
                View3<float> part = device.Allocate<float>(count, 4, 64);
                View3<float> q = inputs.Q.Slice(0, first, count);
                inputs.Prefill(q, part, score, start: 150 + first, scale: 0.125f);
                Assert.Equal(all[(first * 256)..((first + count) * 256)], part.ToArray());
                part.Memory!.Dispose();
            }
        }
    }
}
