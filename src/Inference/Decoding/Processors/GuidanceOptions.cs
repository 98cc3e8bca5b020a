using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary><see cref="Guidance"/> as plain settings, off by default.</summary>
public sealed record GuidanceOptions
{
    /// <summary>How far to move away from the second pass; 0 is off.</summary>
    public float Scale { get; init; }

    /// <summary>
    /// What the second pass continues: a negative prompt for classifier-free guidance, the prompt without its context for context-aware decoding. Null for the
    /// prompt itself, where an <see cref="Amateur"/> continues it. In a chat it is the system message that the second pass has in place of the conversation's own.
    /// </summary>
    public string? NegativePrompt { get; init; }

    /// <summary>A weaker model of the same vocabulary for the second pass: contrastive decoding; null for the model itself.</summary>
    public LanguageModel? Amateur { get; init; }

    /// <inheritdoc cref="Guidance.Plausibility"/>
    public float Plausibility { get; init; }

    /// <summary>Whether it is asked for.</summary>
    public bool IsOn => Scale != 0;

    /// <summary>Checks every value.</summary>
    /// <param name="model">The model that is guided.</param>
    /// <exception cref="ArgumentException">One is out of its range, or needs another; the message names them.</exception>
    public void Validate(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (IsOn != (NegativePrompt is not null || Amateur is not null))
            throw new ArgumentException("Guidance needs a scale and a second pass, by a negative prompt or an amateur model: give both, or neither.");
        if (!IsOn && Plausibility != 0)
            throw new ArgumentException($"{nameof(Plausibility)} needs guidance: without it, it changes nothing.");
        if (Amateur is { } amateur && (amateur.Configuration.VocabularySize != model.Configuration.VocabularySize || amateur.Device != model.Device))
            throw new ArgumentException($"{nameof(Amateur)} has a vocabulary of {amateur.Configuration.VocabularySize} tokens; it must be one of {model.Configuration.VocabularySize}, as the model's, on the same device.");
        if (Scale is not (> -1 and <= Decoding.Guidance.MostScale))
            throw new ArgumentException(FormattableString.Invariant($"{nameof(GuidanceOptions)}.{nameof(Scale)} is {Scale}; it must be above -1 and at most 1000."));
        if (Plausibility is not (>= 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"{nameof(GuidanceOptions)}.{nameof(Plausibility)} is {Plausibility}; it must be from 0 to 1."));
    }

    /// <summary>The second pass of one sequence.</summary>
    /// <param name="model">The model that is guided.</param>
    /// <param name="prompt">What the second pass continues.</param>
    /// <param name="maxTokens">Most tokens generated.</param>
    internal ModelPass Begin(LanguageModel model, ReadOnlySpan<int> prompt, int maxTokens)
    {
        LanguageModel second = Amateur ?? model;
        return new ModelPass(second, prompt, (int)Math.Min((long)prompt.Length + maxTokens, second.Configuration.ContextLength));
    }
}
