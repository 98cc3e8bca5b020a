using System.Numerics;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Drafts from the tokens that were probable after each token when the model last saw it: an adjacency matrix, which each pass keeps up to date with
/// what it computes anyway, and a tree of fixed shape searched in it breadth first (Luo et al., "Turning Trash into Treasure: Accelerating
/// Inference of Large Language Models with Token Recycling", 2024). Needs no model and works on any text.
/// </summary>
/// <param name="Nodes">Nodes of the tree, the root included.</param>
/// <param name="Successors">Probable tokens to remember after each token.</param>
public sealed record TokenRecycling(int Nodes = 24, int Successors = 8) : DraftMethod
{
    // How often the next token is one of these ranks, for the shape of the tree alone: falling off as natural text does.
    private static double Share(int rank) => 0.5 / Math.Pow(rank + 1, 1.5);

    /// <inheritdoc/>
    public override IDrafter Begin(int vocabulary, DecodingPipeline pipeline, int capacity)
    {
        Validate(vocabulary);
        int successors = Math.Min(Successors, vocabulary);
        return new Drafter(vocabulary, successors, Shape(Nodes, successors));
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Nodes is >= 2 and <= 4096, nameof(Nodes), Nodes, "from 2 to 4096");
        Require(Successors is >= 1 and <= 64, nameof(Successors), Successors, "from 1 to 64");
    }

    /// <summary>The tree's shape: for each node but the root its parent and its rank among what follows that, breadth first.</summary>
    internal static (int Parent, int Rank)[] Shape(int nodes, int successors)
    {
        // The nodes most likely to be reached: the product of the shares on the way.
        var open = new PriorityQueue<(int Parent, int Rank, int Depth, double Share), double>();
        var found = new List<(int Parent, int Rank, int Depth)> { (-1, 0, 0) };
        void Offer(int parent, int rank, int depth, double above) => open.Enqueue((parent, rank, depth, above), -above * Share(rank));
        Offer(0, 0, 1, 1);
        while (found.Count < nodes && open.TryDequeue(out var best, out double priority))
        {
            found.Add((best.Parent, best.Rank, best.Depth));
            Offer(found.Count - 1, 0, best.Depth + 1, -priority);
            if (best.Rank + 1 < successors)
                Offer(best.Parent, best.Rank + 1, best.Depth, best.Share);
        }

        int[] order = [.. Enumerable.Range(0, found.Count).OrderBy(node => found[node].Depth)];
        var places = new int[found.Count];
        for (int i = 0; i < order.Length; i++)
            places[order[i]] = i;
        return [.. order.Skip(1).Select(node => (places[found[node].Parent], found[node].Rank))];
    }

    private sealed class Drafter(int vocabulary, int successors, (int Parent, int Rank)[] shape) : IDrafter
    {
        // The matrix: what follows each token, the most probable first, -1 where nothing is known.
        private readonly Dictionary<int, int[]> _after = [];
        private readonly float[] _best = new float[successors];
        private float[] _logits = [];
        private int _read;

        public void Draft(DraftRequest request, TokenTree tree)
        {
            Read(request.Tokens.Span);
            var nodes = new int[shape.Length + 1];
            for (int i = 0; i < shape.Length; i++)
            {
                (int parent, int rank) = shape[i];
                nodes[i + 1] = nodes[parent] >= 0 && _after.TryGetValue(tree.Token(nodes[parent]), out int[]? next) && next[rank] >= 0
                    ? tree.Add(nodes[parent], next[rank])
                    : -1;
            }
        }

        public void Observe(TokenTree tree, View2<float> logits)
        {
            if (_logits.Length == 0)
                _logits = new float[vocabulary];
            for (int node = 0; node < tree.Count; node++)
            {
                logits.Row(node).CopyTo(_logits);
                FindLargest(_logits, After(tree.Token(node)), _best);
            }
        }

        public void Dispose()
        {
        }

        // A prompt's tokens have gone through the model without their logits being kept: what followed is known all the same.
        private void Read(ReadOnlySpan<int> tokens)
        {
            for (int i = Math.Max(_read, 1); i < tokens.Length; i++)
            {
                int[] after = After(tokens[i - 1]);
                int at = after.AsSpan().IndexOf(tokens[i]);
                if (_read > 0 && at >= 0)
                    continue;
                after.AsSpan(0, at >= 0 ? at : successors - 1).CopyTo(after.AsSpan(1));
                after[0] = tokens[i];
            }

            _read = tokens.Length;
        }

        private int[] After(int token)
        {
            if (!_after.TryGetValue(token, out int[]? after))
            {
                after = new int[successors];
                after.AsSpan().Fill(-1);
                _after.Add(token, after);
            }

            return after;
        }
    }

    /// <summary>The tokens of the largest logits, the largest first; NaN is none of them.</summary>
    internal static void FindLargest(ReadOnlySpan<float> logits, Span<int> tokens, Span<float> best)
    {
        best.Fill(float.NegativeInfinity);
        tokens.Fill(-1);
        int i = 0;
        while (i < logits.Length)
        {
            // Almost all of a vocabulary is below what has been found: whole vectors of it are passed by.
            while (i + Vector<float>.Count <= logits.Length && !Vector.GreaterThanAny(new Vector<float>(logits[i..]), new Vector<float>(best[^1])))
                i += Vector<float>.Count;
            int end = Math.Min(i + Vector<float>.Count, logits.Length);
            for (; i < end; i++)
            {
                if (!(logits[i] > best[^1]))
                    continue;
                int place = best.Length - 1;
                while (place > 0 && best[place - 1] < logits[i])
                {
                    (best[place], tokens[place]) = (best[place - 1], tokens[place - 1]);
                    place--;
                }

                (best[place], tokens[place]) = (logits[i], i);
            }
        }
    }
}
