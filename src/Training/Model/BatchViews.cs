using KernelFoundry.Training.Data;

namespace KernelFoundry.Training.Model;

/// <summary>A batch on the device.</summary>
internal sealed class BatchViews(DeviceBuffers buffers, int tokens)
{
    private readonly View1<int> _rows = buffers.Take<int>(tokens);
    private readonly View1<int> _first = buffers.Take<int>(tokens + 1);

    /// <summary>Token ids, [tokens].</summary>
    public View1<int> Tokens { get; } = buffers.Take<int>(tokens);

    /// <summary>[tokens].</summary>
    public View1<int> Positions { get; } = buffers.Take<int>(tokens);

    /// <summary>[tokens].</summary>
    public View1<int> Starts { get; } = buffers.Take<int>(tokens);

    /// <summary>[tokens].</summary>
    public View1<int> Ends { get; } = buffers.Take<int>(tokens);

    /// <summary>[tokens].</summary>
    public View1<int> Labels { get; } = buffers.Take<int>(tokens);

    /// <summary>The tokens there are, each once, [distinct].</summary>
    public View1<int> Rows { get; private set; }

    /// <summary>Where the positions of each begin in <see cref="Order"/>, [distinct + 1].</summary>
    public View1<int> First { get; private set; }

    /// <summary>Positions sorted by token, [tokens].</summary>
    public View1<int> Order { get; } = buffers.Take<int>(tokens);

    /// <summary>Copies a batch to the device.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="sorted">Its tokens sorted; null where embeddings do not learn.</param>
    public void Set(TokenBatch batch, SortedTokens? sorted)
    {
        Tokens.CopyFrom(batch.Tokens);
        Positions.CopyFrom(batch.Positions);
        Starts.CopyFrom(batch.Starts);
        Ends.CopyFrom(batch.Ends);
        Labels.CopyFrom(batch.Labels);
        if (sorted is null)
            return;
        Rows = _rows.Slice(0, sorted.Rows.Length);
        First = _first.Slice(0, sorted.First.Length);
        Rows.CopyFrom(sorted.Rows);
        First.CopyFrom(sorted.First);
        Order.CopyFrom(sorted.Order);
    }
}
