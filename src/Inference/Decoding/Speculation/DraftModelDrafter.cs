using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A draft model at work on one sequence. It keeps what it has seen of it, and reads only what is new.</summary>
internal sealed class DraftModelDrafter(ITreeSequence sequence, DecodingPipeline pipeline, IReadOnlyList<int> branches, bool targetIsGreedy) : IDrafter
{
    // Draws of drafts must not depend on the draws that judge them: another key than any of the target's.
    private const uint Key = 0x6b656c70;
    private readonly SequenceSampler _sampler = new(pipeline, sequence.Device, sequence.Vocabulary);
    private readonly int[] _ends = [.. pipeline.Processors.OfType<GrammarConstraint>().SelectMany(each => each.StopTokens)];
    private readonly List<int> _seen = [];
    private readonly bool _isPath = branches.All(each => each == 1);
    private int[] _tokens = [];
    private uint _draws;

    public void Draft(DraftRequest request, TokenTree tree)
    {
        ReadOnlySpan<int> tokens = request.Tokens.Span;
        if (tokens.Length - 1 + branches.Count > sequence.Capacity)
            return;
        int same = CollectionsMarshal.AsSpan(_seen).CommonPrefixLength(tokens[..^1]);
        sequence.Rollback(same);
        _seen.RemoveRange(same, _seen.Count - same);
        if (same < tokens.Length - 1)
            Score(tokens[same..^1]);
        if (_tokens.Length < tokens.Length + branches.Count)
        {
            _tokens = new int[2 * (tokens.Length + branches.Count)];
            tokens.CopyTo(_tokens);
        }

        tokens[same..].CopyTo(_tokens.AsSpan(same));
        if (_isPath)
            DraftPath(request, tree);
        else
            DraftTree(request, tree);
    }

    public void Dispose()
    {
        _sampler.Dispose();
        sequence.Dispose();
    }

    private void DraftPath(DraftRequest request, TokenTree tree)
    {
        int node = 0;
        for (int depth = 0; depth < branches.Count && node >= 0 && HasRoom(tree, node, request); depth++)
        {
            View1<float> logits = Score([tree.Token(node)]);
            Propose(request, tree, node, logits);
            node = tree.Drawn(node) is [var child, ..] ? child : -1;
        }
    }

    // The tree so far goes through the model once a depth.
    private void DraftTree(DraftRequest request, TokenTree tree)
    {
        for (int depth = 0; depth < branches.Count; depth++)
        {
            int count = tree.Count;
            if (count > sequence.MostTreeNodes || count > sequence.Capacity - sequence.Length || !Enumerable.Range(0, count).Any(node => tree.Depth(node) == depth))
                return;
            View2<float> logits = sequence.ScoreTree(tree.InDepthFirstOrder(out int[] places));
            for (int node = 0; node < count; node++)
            {
                if (tree.Depth(node) == depth && HasRoom(tree, node, request))
                    Propose(request, tree, node, logits.Row(places[node]));
            }
        }
    }

    // Whether there is room must not depend on what would be drawn: then not all tokens would be drawn alike.
    private bool HasRoom(TokenTree tree, int node, DraftRequest request) =>
        tree.Depth(node) < Math.Min(branches.Count, tree.MostDepth) && branches[tree.Depth(node)] <= tree.MostNodes - tree.Count
        && (node == 0 || !(request.StopTokens.Contains(tree.Token(node)) || _ends.Contains(tree.Token(node))));

    private View1<float> Score(ReadOnlySpan<int> tokens)
    {
        _seen.AddRange(tokens);
        return sequence.Score(tokens);
    }

    private void Propose(DraftRequest request, TokenTree tree, int node, View1<float> logits)
    {
        int depth = tree.Depth(node), length = request.Tokens.Length + depth;
        for (int at = node; at > 0; at = tree.Parent(at))
            _tokens[request.Tokens.Length + tree.Depth(at) - 1] = tree.Token(at);
        TokenDistribution? left = _sampler.Distribution(logits, _tokens.AsMemory(0, length), request.PromptLength);
        if (left is null)
            return;
        if (request.Kind == DraftKind.Likeliest)
        {
            foreach (int token in left.Largest(branches[depth], each => targetIsGreedy ? 0 : Noise(request.Seed, (uint)(request.Step + depth), each)))
                tree.Add(node, token);
            return;
        }

        tree.SetDistribution(node, left);
        for (int i = 0; i < branches[depth] && left is not null; i++)
        {
            int token = left.Draw(Uniform(Key ^ request.Seed, _draws++, 0));
            tree.Add(node, token);
            if (request.Kind == DraftKind.Distinct)
                left = left.Without(token);
        }
    }

    private static double Uniform(uint seed, uint stream, uint counter) => (Ops.Philox(seed, stream, counter) + 0.5) / 4294967296;

    // The noise the target's draw will have at that place: what is largest with it here is likely to be so there.
    private static double Noise(uint seed, uint step, int token) => -Math.Log(-Math.Log(1 - Uniform(seed, step, (uint)token)));
}
