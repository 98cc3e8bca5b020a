using KernelFoundry.Training.Data;

namespace KernelFoundry.Training.Tests.Data;

public sealed class PackedSamplerTests
{
    // Every token once: 0 to 9, 10 to 10, 11 to 47, 48 to 52.
    private static readonly TokenizedDocuments s_documents = TokenizedDocuments.FromTokens(
        new[] { (0, 10), (10, 1), (11, 37), (48, 5) }.Select(run => Enumerable.Range(run.Item1, run.Item2).ToArray()));

    [Fact]
    public void AnEpochHasEveryTokenOnceWithItsNextOne()
    {
        var sampler = new PackedSampler(s_documents, context: 8, seed: 1);
        var batch = new TokenBatch(7);
        var seen = new List<int>();
        while (seen.Count < s_documents.TokenCount)
        {
            sampler.Fill(batch);
            for (int i = 0; i < batch.Length && seen.Count < s_documents.TokenCount; i++)
            {
                int token = batch.Tokens[i];
                seen.Add(token);
                Assert.Equal(token is 9 or 10 or 47 or 52 ? -1 : token + 1, batch.Labels[i]);
                Assert.Equal(batch.Positions[i], i - batch.Starts[i]);
                Assert.InRange(i, batch.Starts[i], batch.Ends[i] - 1);
                Assert.InRange(batch.Ends[i] - batch.Starts[i], 1, 8);
                Assert.Equal(token - batch.Positions[i], batch.Tokens[batch.Starts[i]]);
            }
        }

        Assert.Equal(Enumerable.Range(0, s_documents.TokenCount), seen.Order());
    }

    [Fact]
    public void EpochsAreInDifferentOrdersAndTheCountIsThatOfTheLabels()
    {
        TokenizedDocuments documents = TokenizedDocuments.FromTokens(Enumerable.Range(0, 20).Select(i => new[] { i, i }));
        var sampler = new PackedSampler(documents, context: 8, seed: 1);
        TokenBatch first = new(40), second = new(40);
        sampler.Fill(first);
        sampler.Fill(second);

        Assert.NotEqual(first.Tokens, second.Tokens);
        Assert.Equal(first.Tokens.Order(), second.Tokens.Order());
        Assert.Equal(new DataCursor(2, 0, 0), sampler.Cursor);
        Assert.Equal(20, first.Counted);
        Assert.Equal(20, first.Labels.Count(label => label >= 0));
    }

    [Fact]
    public void TokensAreSortedAsTheKernelsPlanHasThem()
    {
        var sorted = new SortedTokens(50, vocabulary: 20);
        for (int seed = 0; seed < 3; seed++)
        {
            var random = new Random(seed);
            int[] tokens = [.. Enumerable.Range(0, 50).Select(_ => random.Next(20))];
            var plan = Kernels.EmbeddingGradientPlan.Create(tokens);
            sorted.Sort(tokens);
            Assert.Equal(plan.Rows, sorted.Rows);
            Assert.Equal(plan.First, sorted.First);
            Assert.Equal(plan.Order, sorted.Order);
        }
    }

    [Fact]
    public void ASamplerGoesOnFromACursor()
    {
        var sampler = new PackedSampler(s_documents, context: 8, seed: 3);
        TokenBatch batch = new(9), again = new(9);
        for (int i = 0; i < 30; i++)
        {
            var resumed = new PackedSampler(s_documents, context: 8, seed: 3, sampler.Cursor);
            sampler.Fill(batch);
            resumed.Fill(again);
            Assert.Equal(batch.Tokens, again.Tokens);
            Assert.Equal(batch.Labels, again.Labels);
            Assert.Equal(sampler.Cursor, resumed.Cursor);
        }
    }

    [Theory]
    [InlineData(0, 53)]
    [InlineData(20, 20)]
    public void AReaderReadsInOrderOnceAndPadsTheEnd(int most, int expected)
    {
        var reader = new PackedReader(s_documents, context: 8, most);
        var batch = new TokenBatch(16);
        var seen = new List<int>();
        int counted = 0;
        while (reader.Fill(batch))
        {
            counted += batch.Counted;
            Assert.Equal(batch.Counted, batch.Labels.Count(label => label >= 0));
            seen.AddRange(batch.Tokens.Take(Math.Min(16, expected - seen.Count)));
        }

        Assert.Equal(Enumerable.Range(0, expected), seen);
        Assert.Equal(most == 0 ? 53 - 4 : 20 - 2, counted);
    }
}
