namespace KernelFoundry.Training.Schedules;

/// <summary>
/// A linear warm-up, then half a cosine down to a final rate, which stays (Loshchilov and Hutter, "SGDR", 2017, equation 5, without restarts).
/// </summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    /// <summary>The largest rate.</summary>
    public double Peak { get; set; } = 1e-3;

    /// <summary>The last rate.</summary>
    public double Final { get; set; }

    /// <summary>Steps until the largest is reached; 0 for none.</summary>
    public long WarmUpSteps { get; set; }

    /// <summary>Steps until the last is reached, those of the warm-up included.</summary>
    public long Steps { get; set; }

    /// <inheritdoc/>
    public override double At(long step)
    {
        if (step < WarmUpSteps)
            return Peak * WarmUp(step, WarmUpSteps);
        double part = Math.Clamp((step - WarmUpSteps) / (double)Math.Max(1, Steps - 1 - WarmUpSteps), 0, 1);
        return Final + ((Peak - Final) * 0.5 * (1 + Math.Cos(Math.PI * part)));
    }

    internal override void Validate(string field)
    {
        RequirePositive($"{field}.peak", Peak);
        Require($"{field}.final", Final >= 0 && Final <= Peak, Final, $"from 0 to the peak");
        Require($"{field}.warm_up_steps", WarmUpSteps >= 0, WarmUpSteps, "0 or more");
        Require($"{field}.steps", Steps > WarmUpSteps, Steps, "more than the steps of the warm-up");
    }
}
