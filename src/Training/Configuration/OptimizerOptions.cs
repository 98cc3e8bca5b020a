namespace KernelFoundry.Training.Configuration;

/// <summary>AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019).</summary>
public sealed record OptimizerOptions
{
    /// <summary>How much of the first moments stays.</summary>
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>How much of the second moments stays.</summary>
    public float Beta2 { get; set; } = 0.95f;

    /// <summary>Added to the root of the second moments.</summary>
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Weight decay of matrices; the gains of norms do not decay.</summary>
    public float WeightDecay { get; set; } = 0.1f;

    /// <summary>Largest norm of all gradients together; larger ones are scaled down to it (Pascanu et al., 2013). 0 for no limit.</summary>
    public float ClipNorm { get; set; } = 1f;

    internal void Validate()
    {
        Require("beta1", Beta1, Beta1 is >= 0 and < 1, "from 0 to below 1");
        Require("beta2", Beta2, Beta2 is >= 0 and < 1, "from 0 to below 1");
        Require("epsilon", Epsilon, Epsilon > 0 && float.IsFinite(Epsilon), "a finite number above 0");
        Require("weight_decay", WeightDecay, WeightDecay >= 0 && float.IsFinite(WeightDecay), "a finite number, 0 or more");
        Require("clip_norm", ClipNorm, ClipNorm >= 0 && float.IsFinite(ClipNorm), "a finite number, 0 or more");
    }

    private static void Require(string name, float value, bool valid, string expected)
    {
        if (!valid)
            throw new TrainingOptionsException($"optimizer.{name}", FormattableString.Invariant($"is {value}; it must be {expected}."));
    }
}
