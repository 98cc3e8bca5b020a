namespace KernelFoundry.Training.Schedules;

/// <summary>One rate, after a linear warm-up.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    /// <summary>The rate.</summary>
    public double Peak { get; set; } = 1e-3;

    /// <summary>Steps until it is reached; 0 for none.</summary>
    public long WarmUpSteps { get; set; }

    /// <inheritdoc/>
    public override double At(long step) => Peak * WarmUp(step, WarmUpSteps);

    internal override void Validate(string field)
    {
        RequirePositive($"{field}.peak", Peak);
        Require($"{field}.warm_up_steps", WarmUpSteps >= 0, WarmUpSteps, "0 or more");
    }
}
