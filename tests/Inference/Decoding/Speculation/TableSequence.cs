using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>A model that is a table: logits of the next token by the last two tokens. It scores trees as a model does.</summary>
internal sealed class TableSequence : ITreeSequence
{
    private readonly float[][] _table;
    private readonly List<int> _tokens = [];
    private TokenTree? _tree;
    private View2<float> _logits;

    /// <param name="device">The device.</param>
    /// <param name="vocabulary">Tokens there are.</param>
    /// <param name="seed">Which table.</param>
    /// <param name="near">A table this one is drawn near to; null for none.</param>
    /// <param name="capacity">Most tokens.</param>
    public TableSequence(Device device, int vocabulary, int seed, TableSequence? near = null, int capacity = 1024)
    {
        (Device, Vocabulary, Capacity) = (device, vocabulary, capacity);
        var random = new Random(seed);
        _table = [.. Enumerable.Range(0, (vocabulary + 1) * (vocabulary + 1)).Select(context => Enumerable.Range(0, vocabulary)
            .Select(token => (near is null ? 0 : near._table[context][token]) + (float)(random.NextDouble() * (near is null ? 4 : 1.5))).ToArray())];
        _logits = device.Allocate<float>(1, vocabulary);
    }

    public int Length => _tokens.Count;

    public int Capacity { get; }

    public int Vocabulary { get; }

    public Device Device { get; }

    public int MostTreeNodes => 64;

    /// <summary>Passes that scored a tree.</summary>
    public int Trees { get; private set; }

    /// <summary>The logits after two tokens, -1 for none.</summary>
    public float[] Logits(int before, int last) => _table[((before + 1) * (Vocabulary + 1)) + last + 1];

    public View1<float> Score(ReadOnlySpan<int> tokens)
    {
        _tree = null;
        _tokens.AddRange(tokens);
        Assert.True(Length <= Capacity);
        _logits.Row(0).CopyFrom(Logits(_tokens.Count > 1 ? _tokens[^2] : -1, _tokens[^1]));
        return _logits.Row(0);
    }

    public View2<float> ScoreTree(TokenTree tree)
    {
        Assert.True(tree.IsDepthFirst());
        Assert.True(tree.Count <= MostTreeNodes && Length + tree.Count <= Capacity);
        Trees++;
        _tree = tree;
        if (_logits.Extent0 < tree.Count)
            _logits = Device.Allocate<float>(MostTreeNodes, Vocabulary);
        for (int node = 0; node < tree.Count; node++)
            _logits.Row(node).CopyFrom(Logits(node > 0 ? tree.Token(tree.Parent(node)) : _tokens.Count > 0 ? _tokens[^1] : -1, tree.Token(node)));
        return _logits.Slice(0, 0, tree.Count);
    }

    public void CommitPath(ReadOnlySpan<int> path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            Assert.Equal(i == 0 ? -1 : path[i - 1], _tree!.Parent(path[i]));
            _tokens.Add(_tree.Token(path[i]));
        }

        _tree = null;
    }

    public void Rollback(int length)
    {
        _tree = null;
        _tokens.RemoveRange(length, _tokens.Count - length);
    }

    public IScoredSequence Fork() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
