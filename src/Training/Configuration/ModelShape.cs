using KernelFoundry.Inference.Models;

namespace KernelFoundry.Training.Configuration;

/// <summary>The sizes of a model to train from nothing.</summary>
public sealed record ModelShape
{
    /// <summary>Name of the architecture: one of <see cref="ModelArchitectures.All"/> that has RMSNorm, causal attention and SwiGLU.</summary>
    public string Architecture { get; set; } = ModelArchitectures.Llama.Name;

    /// <summary>What <c>general.name</c> says in the file.</summary>
    public string Name { get; set; } = "model";

    /// <summary>Number of layers.</summary>
    public int Layers { get; set; }

    /// <summary>Width of the residual stream.</summary>
    public int EmbeddingLength { get; set; }

    /// <summary>Width inside the feed-forward layer.</summary>
    public int FeedForwardLength { get; set; }

    /// <summary>Number of query heads.</summary>
    public int Heads { get; set; }

    /// <summary>Number of key and value heads; 0 for as many as query heads.</summary>
    public int KeyValueHeads { get; set; }

    /// <summary>Longest sequence, in tokens. Longer documents are cut.</summary>
    public int ContextLength { get; set; }

    /// <summary>Base of the rotary frequencies.</summary>
    public float RotaryBase { get; set; } = 10000f;

    /// <summary>What is added to the mean square in a norm.</summary>
    public float NormEpsilon { get; set; } = 1e-5f;

    /// <summary>Whether logits are computed with the token embeddings.</summary>
    public bool TiesEmbeddings { get; set; } = true;

    /// <summary>The configuration that the inference side has of the same model.</summary>
    /// <param name="vocabularySize">Number of tokens.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="TrainingOptionsException">A size is out of its range or does not fit another.</exception>
    public ModelConfiguration ToConfiguration(int vocabularySize)
    {
        ModelArchitecture architecture = ModelArchitectures.All.FirstOrDefault(each => each.Name == Architecture) ?? throw new TrainingOptionsException(
            "model.architecture", $"is '{Architecture}'; it must be one of {string.Join(", ", ModelArchitectures.All.Select(each => each.Name))}.");
        Require("layers", Layers);
        Require("embedding_length", EmbeddingLength);
        Require("feed_forward_length", FeedForwardLength);
        Require("heads", Heads);
        Require("context_length", ContextLength);
        int keyValueHeads = KeyValueHeads == 0 ? Heads : KeyValueHeads;
        if (EmbeddingLength % Heads != 0 || EmbeddingLength / Heads % 2 != 0)
            throw new TrainingOptionsException("model.heads", $"is {Heads}; each head must have an even part of the {EmbeddingLength} of embedding_length.");
        if (keyValueHeads < 0 || Heads % keyValueHeads != 0)
            throw new TrainingOptionsException("model.key_value_heads", $"is {KeyValueHeads}; it must divide the {Heads} heads.");
        if (!(NormEpsilon > 0) || !float.IsFinite(NormEpsilon))
            throw new TrainingOptionsException("model.norm_epsilon", FormattableString.Invariant($"is {NormEpsilon}; it must be a finite number above 0."));
        if (!(RotaryBase > 0) || !float.IsFinite(RotaryBase))
            throw new TrainingOptionsException("model.rotary_base", FormattableString.Invariant($"is {RotaryBase}; it must be a finite number above 0."));
        return new ModelConfiguration
        {
            Architecture = architecture,
            Layers = Layers,
            EmbeddingLength = EmbeddingLength,
            FeedForwardLength = FeedForwardLength,
            Heads = Heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = EmbeddingLength / Heads,
            RotaryDims = EmbeddingLength / Heads,
            RotaryBase = RotaryBase,
            RotaryScale = 1f,
            SlidingWindow = 0,
            NormEpsilon = NormEpsilon,
            ContextLength = ContextLength,
            VocabularySize = vocabularySize,
        };
    }

    private static void Require(string name, int value)
    {
        if (value is < 1 or > 1 << 20)
            throw new TrainingOptionsException($"model.{name}", $"is {value}; it must be from 1 to {1 << 20}.");
    }
}
