namespace KernelFoundry.Inference.Decoding;

/// <summary>How the children of a node have to be drawn for a verifier to be right about them, where a drafter has a distribution to draw from.</summary>
public enum DraftKind
{
    /// <summary>
    /// Whichever are likely to be accepted: the verifier draws by itself. Drafters take the most probable, after the noise that the draw will have.
    /// </summary>
    Likeliest,

    /// <summary>Independently of each other: a token may come twice.</summary>
    Independent,

    /// <summary>Without replacement: each from what the ones before it left.</summary>
    Distinct,
}
