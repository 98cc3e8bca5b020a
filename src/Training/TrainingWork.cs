using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Data;

namespace KernelFoundry.Training;

/// <summary>
/// The arithmetic that learning from a batch takes: products of matrices and of attention, forward and for the gradients. What is computed again to save memory is
/// not in it, so that a share of a machine's peak says what was got for it.
/// </summary>
internal static class TrainingWork
{
    /// <summary>Operations of the products with matrices for one token; a multiply-add is two. The gradients of inputs and weights take as many each as the products.</summary>
    /// <param name="model">The model.</param>
    public static double OfMatrices(ModelConfiguration model)
    {
        double layer = ((2.0 * model.QueryLength) + (2.0 * model.KeyValueLength) + (3.0 * model.FeedForwardLength)) * model.EmbeddingLength;
        return 3 * 2 * ((layer * model.Layers) + ((double)model.VocabularySize * model.EmbeddingLength));
    }

    /// <summary>
    /// Operations of attention for a batch: two products forward and, with that of queries and keys once more, five for the gradients (Dao, "FlashAttention-2", 2023,
    /// section 3.1).
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The batch; its pieces say how many keys each token has.</param>
    public static double OfAttention(ModelConfiguration model, TokenBatch batch)
    {
        double pairs = 0;
        foreach (int position in batch.Positions)
            pairs += position + 1;
        return 7 * 2.0 * pairs * model.QueryLength * model.Layers;
    }
}
