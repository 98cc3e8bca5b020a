namespace KernelFoundry.Training.Schedules;

/// <summary>
/// Schedules one after the other, each counting its own steps: with cosines it warms up and decays again, which is how a trained model takes up new
/// data (Ibrahim et al., "Simple and Scalable Strategies to Continually Pre-train Large Language Models", 2024, section 4).
/// </summary>
public sealed record SequenceSchedule : LearningRateSchedule
{
    /// <summary>The schedules; the last goes on for ever.</summary>
    public IReadOnlyList<SchedulePhase> Phases { get; set; } = [];

    /// <inheritdoc/>
    public override double At(long step)
    {
        int phase = 0;
        for (; phase < Phases.Count - 1 && step >= Phases[phase].Steps; phase++)
            step -= Phases[phase].Steps;
        return Phases[phase].Schedule.At(step);
    }

    internal override void Validate(string field)
    {
        if (Phases.Count == 0)
            throw new TrainingOptionsException($"{field}.phases", "is empty; there must be one at least.");
        for (int i = 0; i < Phases.Count; i++)
        {
            Require($"{field}.phases[{i}].steps", Phases[i].Steps > 0 || i == Phases.Count - 1, Phases[i].Steps, "1 or more");
            if (Phases[i].Schedule is null)
                throw new TrainingOptionsException($"{field}.phases[{i}].schedule", "is absent; there must be one.");
            Phases[i].Schedule.Validate($"{field}.phases[{i}].schedule");
        }
    }
}
