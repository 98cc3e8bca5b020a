using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Drafts with a smaller model of the same vocabulary (Leviathan et al., "Fast Inference from Transformers via Speculative Decoding", 2023; Chen et
/// al., "Accelerating Large Language Model Decoding with Speculative Sampling", 2023): a path of tokens, or a tree of them (Miao et al.,
/// "SpecInfer", 2023).
/// </summary>
/// <param name="Open">Opens an empty sequence of the draft model with room for so many tokens, fewer where it has not so much.</param>
public sealed record DraftModel(Func<int, ITreeSequence> Open) : DraftMethod
{
    /// <summary>Drafts with a language model.</summary>
    /// <param name="model">The draft model; it must stay open.</param>
    public DraftModel(LanguageModel model)
        : this(capacity => new ModelSequence(model, Math.Min(capacity, model.Configuration.ContextLength)))
    {
        ArgumentNullException.ThrowIfNull(model);
        Vocabulary = model.Configuration.VocabularySize;
    }

    // Null where only opening the model tells.
    private int? Vocabulary { get; }

    /// <summary>Children drawn for each node, depth by depth: as many depths as are drafted.</summary>
    public IReadOnlyList<int> Branches { get; init; } = [1, 1, 1, 1];

    /// <summary>
    /// How the draft's tokens are drawn: null for the target's temperature, masks and truncations. The nearer the two, the more is accepted.
    /// </summary>
    public DecodingPipeline? Pipeline { get; init; }

    /// <inheritdoc/>
    public override IDrafter Begin(int vocabulary, DecodingPipeline pipeline, int capacity)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        Validate(vocabulary);
        ITreeSequence sequence = Open(capacity);
        try
        {
            RequireVocabulary(sequence.Vocabulary, vocabulary);
            return new DraftModelDrafter(sequence, Pipeline ?? Like(pipeline), Branches, pipeline.IsGreedy);
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Branches.Count > 0 && Branches.All(each => each >= 1), nameof(Branches), $"[{string.Join(", ", Branches)}]", "1 or more children for each depth");
        RequireVocabulary(Vocabulary ?? vocabulary, vocabulary);
    }

    private void RequireVocabulary(int found, int vocabulary) =>
        Require(found == vocabulary, nameof(Open), $"a model of {found} tokens", $"one of {vocabulary}, as the target has");

    // What belongs to one sequence, or learns from it, is left out: it changes what is drafted, never what is generated.
    private static DecodingPipeline Like(DecodingPipeline target) => new(
        [.. target.Processors.Where(each => each is not (Guidance or Callback))],
        [.. target.Truncations.Where(each => each is not (Mirostat1 or Mirostat2))], 0, isGreedy: false);
}
