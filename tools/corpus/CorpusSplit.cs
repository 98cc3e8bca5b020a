namespace KernelFoundry.Corpus;

/// <summary>What a document is for.</summary>
public enum CorpusSplit
{
    /// <summary>To learn from.</summary>
    Train,

    /// <summary>To measure the loss on while learning.</summary>
    Validation,

    /// <summary>To measure the loss and the tasks' scores on at the end.</summary>
    Test,
}
