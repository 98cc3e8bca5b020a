using FsCheck;
using FsCheck.Fluent;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Batching;

/// <summary>The radix tree of prefixes by itself, against a naive list of what begins in the same way, for drawn sequences of what is done to it.</summary>
public sealed class PrefixTreeTests : IDisposable
{
    private const int Blocks = 40;
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
    private readonly LanguageModel _model;

    public PrefixTreeTests() => _model = new TinyModel().Open(_device);

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    /// <summary>Something done: what, with a sequence of so many kinds of blocks and some tokens more, and a number.</summary>
    public sealed record Deed(int Kind, int[] Letters, int Number)
    {
        public override string ToString() => $"{Kind} [{string.Join(' ', Letters)}] {Number}";
    }

    [Fact]
    public void ItFindsAndKeepsWhatANaiveListDoes()
    {
        Gen<Deed> deed = from kind in Gen.Choose(0, 5)
                         from count in Gen.Choose(0, 6)
                         from letters in Gen.Choose(0, 1).ArrayOf(count)
                         from number in Gen.Choose(0, 12)
                         select new Deed(kind, letters, number);
        Prop.ForAll(deed.ArrayOf().ToArbitrary(), Do).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60));
    }

    private void Do(Deed[] deeds)
    {
        using KvBlockPool pool = _model.Transformer.CreatePool(Blocks);
        var tree = new PrefixTree(pool);
        var list = new List<(string Prefix, int Block)>();
        var holders = new List<int[]>();
        string[] touched = [];
        foreach (Deed deed in deeds)
        {
            int[] tokens = Tokens(deed);
            string[] prefixes = [.. Enumerable.Range(1, deed.Letters.Length).Select(count => string.Concat(deed.Letters.Take(count)))];
            switch (deed.Kind)
            {
                case 0 or 1 when deed.Letters.Length <= pool.FreeBlocks:
                    int[] own = [.. deed.Letters.Select(_ => pool.Take())];
                    tree.Add(tokens, own);
                    foreach ((string prefix, int block) in prefixes.Zip(own))
                    {
                        if (!list.Exists(each => each.Prefix == prefix))
                            list.Add((prefix, block));
                    }

                    foreach (int block in own)
                        pool.Release(block);
                    touched = prefixes;
                    break;
                case 2 or 3:
                    int most = deed.Kind == 2 ? tokens.Length : deed.Number * 20;
                    int[] expected = [.. prefixes.Take(most / KvBlockPool.BlockTokens).TakeWhile(prefix => list.Exists(each => each.Prefix == prefix))
                        .Select(prefix => list.Find(each => each.Prefix == prefix).Block)];
                    List<int> found = tree.Find(tokens, most);
                    Assert.Equal(expected, found);
                    found.ForEach(pool.Share);
                    holders.Add([.. found]);
                    touched = prefixes[..expected.Length];
                    break;
                case 4 when holders.Count > 0:
                    int leaving = deed.Number % holders.Count;
                    Array.ForEach(holders[leaving], pool.Release);
                    holders.RemoveAt(leaving);
                    break;
                case 5:
                    Evict(tree, list, holders, deed.Number, touched);
                    touched = [];
                    break;
            }

            HashSet<int> held = [.. holders.SelectMany(each => each)];
            Assert.Equal(list.Count, tree.Blocks);
            Assert.Equal(list.Count(each => !held.Contains(each.Block)), tree.Evictable);
            Assert.Equal(Blocks - held.Union(list.Select(each => each.Block)).Count(), pool.FreeBlocks);
        }

        tree.Clear();
        holders.ForEach(each => Array.ForEach(each, pool.Release));
        Assert.Equal((0, Blocks), (tree.Blocks, pool.FreeBlocks));
        Assert.Empty(tree.Find(Tokens(new Deed(0, [0, 1], 0)), 64));
    }

    // As many go as are wanted or nothing holds, from the ends, and what was used last goes last.
    private static void Evict(PrefixTree tree, List<(string Prefix, int Block)> list, List<int[]> holders, int wanted, string[] touched)
    {
        HashSet<int> held = [.. holders.SelectMany(each => each)];
        int free = list.Count(each => !held.Contains(each.Block));
        tree.Evict(wanted);
        (string Prefix, int Block)[] stay = [.. list.Where(each => tree.Find(Tokens(new Deed(0, [.. each.Prefix.Select(letter => letter - '0')], 0)), int.MaxValue).Count == each.Prefix.Length)];
        (string Prefix, int Block)[] gone = [.. list.Except(stay)];
        Assert.Equal(Math.Min(wanted, free), gone.Length);
        Assert.DoesNotContain(gone, each => held.Contains(each.Block));
        if (gone.Any(each => touched.Contains(each.Prefix)))
            Assert.All(stay, each => Assert.True(touched.Contains(each.Prefix) || held.Contains(each.Block), $"{each.Prefix} stayed, and of {touched[^1]}, used last, something went"));
        list.Clear();
        list.AddRange(stay);
    }

    private static int[] Tokens(Deed deed) =>
        [.. deed.Letters.SelectMany(letter => Enumerable.Range(0, KvBlockPool.BlockTokens).Select(i => (letter * 100) + i)), .. Enumerable.Range(0, deed.Number % 5)];
}
