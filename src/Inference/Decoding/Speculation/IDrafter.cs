namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Proposes what may come next, as a tree with the probabilities it was drawn with. One drafter serves one sequence; nothing it proposes changes
/// what is generated, only how fast.
/// </summary>
public interface IDrafter : IDisposable
{
    /// <summary>Adds continuations to a tree.</summary>
    /// <param name="request">The sequence.</param>
    /// <param name="tree">A tree of the sequence's last token alone; says how much room there is.</param>
    void Draft(DraftRequest request, TokenTree tree);

    /// <summary>Sees what the target made of a tree, before a path of it is chosen.</summary>
    /// <param name="tree">The tree, in depth-first order.</param>
    /// <param name="logits">The target's logits after each node, [nodes, vocabulary]; not to be changed.</param>
    void Observe(TokenTree tree, View2<float> logits)
    {
    }
}
