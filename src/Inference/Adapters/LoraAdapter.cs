using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

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
        var fitting = new Dictionary<string, LowRankUpdate>(StringComparer.Ordinal);
        foreach (var (name, update) in updates)
        {
            foreach (var (own, part) in Parts(name, update, model))
            {
                // Where embeddings make logits, those are adapted as the output projection.
                if (!model.Tensors.TryGet(own, out GgufTensor tensor) && !(own == "output.weight" && model.Tensors.TryGet("token_embd.weight", out tensor)))
                    throw new InvalidModelException(reference.Path, $"the adapter of '{own}'", $"for a matrix that '{model.Name}' does not have", "an adapter of this model");
                if (tensor.Rank != (part.Matrices > 0 ? 3 : 2) || tensor.Dimension(1) != part.Rows || tensor.Columns != part.Columns || tensor.Dimension(2) != Math.Max(1, part.Matrices))
                    throw new InvalidModelException(reference.Path, $"the adapter of '{own}'", $"for {Shape(part.Matrices, part.Rows, part.Columns)}", $"one for {Shape(tensor.Rank == 3 ? tensor.Dimension(2) : 0, tensor.Dimension(1), tensor.Columns)}");
                fitting.Add(own, part);
            }
        }

        return new LoraAdapter(reference.Path, reference.Scale, fitting);

        static string Shape(long matrices, long rows, long columns) => matrices > 0 ? $"[{matrices}, {rows}, {columns}]" : $"[{rows}, {columns}]";
    }

    // Experts of older files are tensors of their own.
    private static IEnumerable<(string Name, LowRankUpdate Update)> Parts(string name, LowRankUpdate update, GgufFile model)
    {
        const string ending = ".weight";
        string stem = name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;
        if (update.Matrices == 0 || model.Tensors.TryGet(name, out _) || !model.Tensors.TryGet(OlderLayouts.Expert(stem, 0) + ending, out _))
            return [(name, update)];
        return Enumerable.Range(0, update.Matrices).Select(expert => (OlderLayouts.Expert(stem, expert) + ending, update.Of(expert)));
    }

    private static float Checked(float scale) =>
        float.IsFinite(scale) ? scale : throw new ArgumentOutOfRangeException(nameof(scale), scale, "An adapter's scale must be a finite number.");
}
