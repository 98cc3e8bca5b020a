using System.Text.Json.Serialization;

namespace KernelFoundry.Training.Schedules;

/// <summary>The learning rate of every step. Steps count from 0.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(SequenceSchedule), "sequence")]
public abstract record LearningRateSchedule
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The learning rate.</returns>
    public abstract double At(long step);

    /// <summary>Checks every value.</summary>
    /// <param name="field">What the options call the schedule.</param>
    /// <exception cref="TrainingOptionsException">A value is out of its range.</exception>
    internal abstract void Validate(string field);

    /// <summary>The part of the rate that a linear warm-up has reached: the first of its steps has 1 / steps of it, the last all.</summary>
    private protected static double WarmUp(long step, long steps) => step < steps ? (step + 1) / (double)steps : 1;

    private protected static void RequirePositive(string field, double value) => Require(field, value > 0 && double.IsFinite(value), value, "a finite number above 0");

    private protected static void Require(string field, bool valid, double value, string expected)
    {
        if (!valid)
            throw new TrainingOptionsException(field, FormattableString.Invariant($"is {value}; it must be {expected}."));
    }
}
