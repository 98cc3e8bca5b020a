namespace KernelFoundry.Inference.Decoding;

/// <summary>When a beam search that has as many finished continuations as beams gives up the open ones.</summary>
public enum EarlyStopping
{
    /// <summary>When no open one can score above the worst kept any more, however it goes on: the best result, at the most work.</summary>
    WhenCertain,

    /// <summary>When the best open one, were it finished at its length, does not score above the worst kept: nearly always right.</summary>
    WhenUnlikely,

    /// <summary>At once.</summary>
    WhenFull,
}
