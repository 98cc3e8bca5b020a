namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>What becomes of the text a splitter's pattern matches.</summary>
internal enum SplitBehavior
{
    /// <summary>A piece of its own, as the text between matches is.</summary>
    Isolated,

    /// <summary>It is left out.</summary>
    Removed,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Matches that touch are one piece.</summary>
    Contiguous,
}
