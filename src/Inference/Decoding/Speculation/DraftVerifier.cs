namespace KernelFoundry.Inference.Decoding;

/// <summary>What accepts drafts.</summary>
public enum DraftVerifier
{
    /// <summary><see cref="Exact"/> in greedy decoding, <see cref="Rejection"/> otherwise.</summary>
    Auto,

    /// <inheritdoc cref="ExactVerifier"/>
    Exact,

    /// <inheritdoc cref="RejectionVerifier"/>
    Rejection,

    /// <inheritdoc cref="SequentialSelectionVerifier"/>
    Selection,
}
