namespace KernelFoundry.Training.Schedules;

/// <summary>A part of a <see cref="SequenceSchedule"/>.</summary>
/// <param name="Steps">How long it lasts.</param>
/// <param name="Schedule">Its rates, from step 0 of its own.</param>
public sealed record SchedulePhase(long Steps, LearningRateSchedule Schedule);
