using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>All that can be asked of one text, as plain settings, which <see cref="DecodingPlan"/> makes ready for a model: what <see cref="DecodingOptionTable"/> reads options by name into.</summary>
public sealed record DecodingRequest
{
    /// <summary>How tokens are chosen and when the text ends; its <see cref="GenerationOptions.Decoding"/> has the pipeline.</summary>
    public GenerationOptions Generation { get; init; } = new() { Decoding = new DecodingOptions() };

    /// <summary>A second pass.</summary>
    public GuidanceOptions Guidance { get; init; } = new();

    /// <summary>What the text is; null for any text.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Whether the prompt's last token is taken off, and the text begins with its text: see <see cref="TokenHealing"/>.</summary>
    public bool Heals { get; init; }

    /// <summary>A search.</summary>
    public TextSearchOptions Search { get; init; } = new();

    /// <summary>Drafts.</summary>
    public DraftOptions Drafts { get; init; } = new();

    /// <summary>A request that begins with options; a <see cref="GenerationOptions.Pipeline"/> of theirs is left out.</summary>
    /// <param name="options">The options.</param>
    public static DecodingRequest From(GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new() { Generation = options with { Decoding = options.Settings, Pipeline = null, Temperature = 0, TopK = 0, TopP = 1, MinP = 0, Seed = null } };
    }

    /// <summary>Checks everything, alone and together.</summary>
    /// <param name="model">The model it is asked of.</param>
    /// <exception cref="ArgumentException">A setting is out of its range or does not fit the model, or two contradict each other; the message names them.</exception>
    public void Validate(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        int vocabulary = model.Configuration.VocabularySize;
        Generation.Validate();
        TextGenerator.CheckStops(Generation, vocabulary);
        DecodingPipeline pipeline = Generation.ToPipeline(Generation.StopTokensOf(model.Tokenizer));
        foreach (LogitsProcessor processor in pipeline.Processors)
            processor.Validate(vocabulary);
        Guidance.Validate(model);
        SpeculationOptions? drafts = Drafts.ToSpeculation();
        drafts?.Validate();
        drafts?.Drafts.Validate(vocabulary);
        Search.Validate();
        if (!Search.IsOn)
            return;
        TextSearch.Validate(model, Generation with { Speculation = drafts }, Search, pipeline);
        if (Guidance.IsOn)
            throw new ArgumentException("Guidance follows one text, and searches several; leave out the options of one of them.");
    }
}
