namespace KernelFoundry.Inference.Templates;

/// <summary>
/// What a template may use up. A template comes with a model, from outside: whatever it does, it ends in bounded time and memory. The
/// defaults are far above what chat templates need for a context of a million characters.
/// </summary>
public sealed record TemplateOptions
{
    /// <summary>Most characters of the template itself.</summary>
    public int MaxSourceLength { get; init; } = 1 << 20;

    /// <summary>Most steps of a rendering: a statement, an expression, an element of a sequence, and 32 characters of text are a step each.</summary>
    public long MaxSteps { get; init; } = 5_000_000;

    /// <summary>Most characters of the output, and of any text on the way.</summary>
    public int MaxOutputLength { get; init; } = 1 << 23;

    /// <summary>Most characters of all texts on the way together, an element of a sequence counted as 16.</summary>
    public long MaxAllocation { get; init; } = 1L << 27;

    /// <summary>Deepest nesting of macros, loops, statements and expressions while rendering.</summary>
    public int MaxDepth { get; init; } = 2000;

    /// <summary>The clock that <c>strftime_now</c> reads.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSourceLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSteps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxOutputLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxAllocation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDepth);
        ArgumentNullException.ThrowIfNull(Clock);
    }
}
