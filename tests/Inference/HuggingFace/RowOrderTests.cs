using KernelFoundry.Inference.HuggingFace;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>Rows against lists of heads written out by the description of each layout.</summary>
public class RowOrderTests
{
    [Theory]
    [InlineData(4, 4, 2)]
    [InlineData(6, 2, 3)]
    [InlineData(5, 1, 4)]
    public void Fused_rows_come_out_as_queries_then_keys_then_values(int heads, int keys, int dim)
    {
        // As the models' code groups them: for each key head its queries, then it, then its value.
        var stored = new List<string>();
        for (int group = 0; group < keys; group++)
        {
            for (int query = 0; query < heads / keys; query++)
                stored.AddRange(Rows("q", (group * (heads / keys)) + query));
            stored.AddRange(Rows("k", group));
            stored.AddRange(Rows("v", group));
        }

        string[] expected = [.. Enumerable.Range(0, heads).SelectMany(h => Rows("q", h)), .. Enumerable.Range(0, keys).SelectMany(h => Rows("k", h)),
            .. Enumerable.Range(0, keys).SelectMany(h => Rows("v", h))];
        var order = new RowOrder(heads, keys);
        Assert.True(order.Fits(TensorTransform.Ungroup, stored.Count));
        Assert.False(order.Fits(TensorTransform.Ungroup, stored.Count + 1));
        Assert.Equal(expected, Enumerable.Range(0, stored.Count).Select(row => stored[(int)order.Source(TensorTransform.Ungroup, row, stored.Count)]));

        IEnumerable<string> Rows(string name, int head) => Enumerable.Range(0, dim).Select(i => $"{name}{head}.{i}");
    }

    [Fact]
    public void Rotary_pairs_become_neighbours()
    {
        var order = new RowOrder(4, 2);
        Assert.Equal([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11], Enumerable.Range(0, 12).Select(row => (int)order.Source(TensorTransform.PairKeys, row, 12)));
        Assert.Equal([0, 2, 1, 3], Enumerable.Range(0, 4).Select(row => (int)order.Source(TensorTransform.PairQueries, row, 16)));
    }
}
