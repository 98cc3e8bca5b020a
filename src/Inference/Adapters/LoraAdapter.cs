using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Adapters;

/// <summary>A LoRA adapter: low-rank matrices that are added to some of a model's (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021).</summary>
public sealed class LoraAdapter
{
    private float _scale;

    internal LoraAdapter(string name, float scale, IReadOnlyDictionary<string, LowRankUpdate> updates)
    {
        (Name, Updates) = (name, updates);
        _scale = Checked(scale);
    }

    /// <summary>The path it came from.</summary>
    public string Name { get; }

    /// <summary>The names of the matrices it adds to.</summary>
    public IEnumerable<string> Targets => Updates.Keys;

    /// <summary>Bytes of its matrices.</summary>
    public long Bytes => Updates.Values.Sum(update => sizeof(float) * ((long)update.A.Length + update.B.Length));

    /// <summary>
    /// What its contribution is multiplied by: 0 switches it off. May change between calls of the model; what was computed before, in a KV cache too, stays as it is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number.</exception>
    /// <exception cref="InvalidOperationException">It was merged into the weights when the model was opened.</exception>
    public float Scale
    {
        get => _scale;
        set => _scale = IsMerged ? throw new InvalidOperationException($"The adapter '{Name}' is merged into the model's weights.") : Checked(value);
    }

    /// <summary>Whether it is part of the weights.</summary>
    public bool IsMerged { get; internal set; }

    internal IReadOnlyDictionary<string, LowRankUpdate> Updates { get; }

    /// <summary>Opens an adapter for a model.</summary>
    /// <param name="reference">Where it is.</param>
    /// <param name="model">The model, which it must fit.</param>
    /// <exception cref="InvalidModelException">It is malformed, of a kind that is not supported, or for another model.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static LoraAdapter Open(AdapterReference reference, GgufFile model)
    {
        var updates = Directory.Exists(reference.Path) ? PeftAdapter.Read(reference.Path, model) : GgufAdapter.Read(reference.Path, model);
        foreach (var (name, update) in updates)
        {
            if (name == "token_embd.weight")
                throw new InvalidModelException(reference.Path, $"the adapter of '{name}'", "for embeddings, which are looked up and not multiplied", "adapters of matrices");
            if (!model.Tensors.TryGet(name, out GgufTensor tensor))
                throw new InvalidModelException(reference.Path, $"the adapter of '{name}'", $"for a matrix that '{model.Name}' does not have", "an adapter of this model");
            if (tensor.Rank != 2 || tensor.Rows != update.Rows || tensor.Columns != update.Columns)
                throw new InvalidModelException(reference.Path, $"the adapter of '{name}'", $"for [{update.Rows}, {update.Columns}]", $"one for [{tensor.Rows}, {tensor.Columns}]");
        }

        return new LoraAdapter(reference.Path, reference.Scale, updates);
    }

    private static float Checked(float scale) =>
        float.IsFinite(scale) ? scale : throw new ArgumentOutOfRangeException(nameof(scale), scale, "An adapter's scale must be a finite number.");
}
