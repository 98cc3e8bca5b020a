namespace KernelFoundry.Inference.Decoding;

/// <summary>A sequence that scores a tree of continuations in one pass and then keeps one path of it.</summary>
public interface ITreeSequence : IScoredSequence
{
    /// <summary>Most nodes of a tree it scores at once.</summary>
    int MostTreeNodes { get; }

    /// <summary>Scores what comes after each node of a tree, whose root is the token after those the sequence holds. The sequence stays as it is.</summary>
    /// <param name="tree">The tree, in depth-first order.</param>
    /// <returns>Logits, [nodes, vocabulary]; the caller may change them; valid until the next call on the sequence.</returns>
    /// <exception cref="ArgumentException">The tree has too many nodes, or is in another order.</exception>
    View2<float> ScoreTree(TokenTree tree);

    /// <summary>Appends the tokens of a path of the tree scored last. Its other nodes are forgotten.</summary>
    /// <param name="path">Nodes from the root on, each the parent of the next; none appends nothing.</param>
    /// <exception cref="InvalidOperationException">No tree has been scored since the sequence changed.</exception>
    /// <exception cref="ArgumentException">The nodes are no path of it.</exception>
    void CommitPath(ReadOnlySpan<int> path);
}
