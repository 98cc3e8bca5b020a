namespace KernelFoundry.Inference.Generation;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model gave a stop token, or the text reached a stop string: neither is part of the text. Or its grammar is at an end, and has no stop token to say so.</summary>
    Stop,

    /// <summary>As many tokens as were asked for.</summary>
    Length,

    /// <summary>The model's context is full.</summary>
    Context,

    /// <summary>The caller cancelled it.</summary>
    Cancelled,
}
