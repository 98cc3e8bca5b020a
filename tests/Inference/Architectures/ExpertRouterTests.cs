using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Tokens grouped by expert: every slot is one token's, groups follow each other, and ties go to the lower expert.</summary>
public class ExpertRouterTests
{
    private static readonly ExpertConfiguration s_experts = new(5, 2, 8, 0, 0, ExpertGate.Softmax, true, 1, 1, 1);

    [Fact]
    public void TokensAreGroupedByExpert()
    {
        var random = new Random(RandomSeed.Next());
        const int tokens = 17;
        float[] logits = [.. Enumerable.Range(0, tokens * s_experts.Count).Select(_ => random.NextSingle())];
        var router = new ExpertRouter(s_experts, 20);
        for (int run = 0; run < 2; run++)
        {
            router.Route(logits, []);
            for (int token = 0; token < tokens; token++)
            {
                int[] best = [.. Enumerable.Range(0, s_experts.Count).OrderByDescending(e => logits[(token * s_experts.Count) + e]).Take(2)];
                for (int j = 0; j < 2; j++)
                {
                    int slot = router.Slots[(token * 2) + j];
                    Assert.InRange(slot, router.Start(best[j]), router.Start(best[j] + 1) - 1);
                    Assert.Equal(token, router.Tokens[slot]);
                }

                Assert.Equal(1, router.Weights[token * 2] + router.Weights[(token * 2) + 1], 1e-6);
            }

            Assert.Equal(Enumerable.Range(0, tokens * 2), router.Slots.Take(tokens * 2).Order());
            Assert.Equal(0, router.Start(0));
            Assert.Equal(tokens * 2, router.Start(s_experts.Count));
        }
    }

    [Fact]
    public void TheLowerOfTwoThatTieIsChosenAndNaNIsNot()
    {
        var router = new ExpertRouter(s_experts, 2);
        router.Route([1, 1, 1, 1, 1], []);
        Assert.Equal((0, 1, 2), (router.Start(0), router.Start(1), router.Start(2)));
        var sigmoid = new ExpertRouter(s_experts with { Gate = ExpertGate.Sigmoid }, 2);
        sigmoid.Route([float.NaN, 0, float.NaN, 3, 1], []);
        Assert.Equal((1, 1), (sigmoid.Start(4) - sigmoid.Start(3), sigmoid.Start(5) - sigmoid.Start(4)));
    }

    [Fact]
    public void ABiasChoosesButDoesNotWeigh()
    {
        var router = new ExpertRouter(s_experts with { Gate = ExpertGate.Sigmoid, Used = 1, NormalizesWeights = false }, 1);
        router.Route([2, 0, 0, 0, 0], [0, 0, 0, 0, 1]);
        Assert.Equal(1, router.Start(5) - router.Start(4));
        Assert.Equal(0.5f, router.Weights[0]);
    }
}
