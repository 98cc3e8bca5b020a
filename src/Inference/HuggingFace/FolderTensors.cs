using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>The tensors of a folder under the names and in the order that GGUF has them. A tensor that no rule knows is an error: a model is not guessed.</summary>
internal sealed class FolderTensors
{
    private const string TokenEmbedding = "token_embd.weight", Output = "output.weight";
    private readonly SortedDictionary<string, GgufTensorPlan> _plans = new(StringComparer.Ordinal);
    private readonly SafetensorsFolder _folder;
    private readonly HuggingFaceArchitecture _architecture;
    private readonly RowOrder _order;
    private readonly MatrixSources _sources;
    private readonly int _layers;
    private readonly bool _hasPredictors;

    /// <exception cref="InvalidModelException">A tensor is unknown, of a type or shape that does not fit, or one of a stack is missing.</exception>
    public FolderTensors(SafetensorsFolder folder, HuggingFaceArchitecture architecture, JsonField config)
    {
        (_folder, _architecture) = (folder, architecture);
        _order = CommonMetadata.Order(config);
        _sources = new MatrixSources(folder, config, _order);
        _layers = MetadataRule.Positive(config, CommonMetadata.Layers);
        _hasPredictors = MetadataRule.Find(config, "num_nextn_predict_layers") is { } predictors && predictors.Integer() > 0;
        bool isTied = config["tie_word_embeddings"].Boolean(false);
        foreach (SafetensorsTensor tensor in folder.Tensors)
            Add(tensor, isTied);
        foreach (GgufTensorPlan plan in _plans.Values)
            plan.Check();
    }

    /// <summary>Rows of the token embedding.</summary>
    public long VocabularySize => _plans.TryGetValue(TokenEmbedding, out GgufTensorPlan? plan)
        ? plan.Dimensions[^1]
        : throw new InvalidModelException(_folder.Name, $"the tensor that becomes '{TokenEmbedding}'", "absent", "token embeddings");

    /// <summary>Adds them to a file.</summary>
    public void AddTo(GgufComposition whole)
    {
        foreach (GgufTensorPlan plan in _plans.Values)
            plan.AddTo(whole, _order);
    }

    private void Add(SafetensorsTensor tensor, bool isTied)
    {
        string pattern = TensorNaming.Generalize(TensorNaming.WithoutPrefix(_architecture, tensor.Name), out List<int> numbers);
        if (TensorNaming.IsIgnored(_architecture, pattern) || _sources.IsBeside(tensor.Name))
            return;

        // Layers after the last predict tokens further on, in training and for drafts; the model is without them.
        if (_hasPredictors && numbers.Count > 0 && numbers[0] >= _layers)
            return;
        var (rule, target) = TensorNaming.Find(_architecture, pattern, numbers)
            ?? throw tensor.Error("its name", $"not one of a model of architecture '{_architecture.Name}'", "the names that its class gives tensors");

        // Files of models that share the two sometimes have both.
        if (isTied && target == Output)
            return;
        Add(tensor, rule, target, numbers);
        foreach (var (other, otherTarget) in TensorNaming.Others(rule, target, numbers))
            Add(tensor, other, otherTarget, numbers);
    }

    private void Add(SafetensorsTensor tensor, TensorRule rule, string target, List<int> numbers)
    {
        bool isOne = numbers.Count == 2;
        if (!_plans.TryGetValue(target, out GgufTensorPlan? plan))
            _plans.Add(target, plan = new GgufTensorPlan(target, rule, isOne || rule.IsStack || rule.Transform is TensorTransform.LatentKeys or TensorTransform.LatentValues));
        plan.Add(_sources.Of(tensor, rule), isOne ? numbers[1] : 0);
    }
}
