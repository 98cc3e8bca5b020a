using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Configuration;

namespace KernelFoundry.Training.Model;

/// <summary>
/// Where the tensors of a model, or of its adapters, lie: matrices first, then vectors, so that each kind is one run of elements. Matrices that multiply the same
/// input are neighbours and are multiplied as one.
/// </summary>
internal sealed class ParameterLayout
{
    private readonly List<ParameterTensor> _tensors = [];
    private readonly Dictionary<string, ParameterTensor> _byName = new(StringComparer.Ordinal);
    private long _count;

    private ParameterLayout()
    {
    }

    /// <summary>All tensors, in their order in memory.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => _tensors;

    /// <summary>Number of elements.</summary>
    public int Count => checked((int)_count);

    /// <summary>Number of elements of matrices, which come first.</summary>
    public int MatrixCount { get; private set; }

    /// <summary>The tensor of a name.</summary>
    public ParameterTensor this[string name] => _byName[name];

    // LLaMA, whatever its tensors are called and its rotary pairs: nothing that has no gradient here.
    private static bool IsPlain(ModelConfiguration model)
    {
        ModelArchitecture architecture = model.Architecture, plain = ModelArchitectures.Llama with
        {
            Name = architecture.Name,
            Models = architecture.Models,
            NormEpsilonKey = architecture.NormEpsilonKey,
            Rotary = architecture.Rotary,
            RotaryBase = architecture.RotaryBase,
            AllowsTiedOutput = architecture.AllowsTiedOutput,
            Tensors = architecture.Tensors,
        };
        return architecture == plain && architecture.Rotary != RotaryKind.None && model is { RotaryScale: 1f, Yarn: null, RotaryMagnitude: 1f, SlidingWindow: 0, ScoreScale: null }
            && model is { ScoreSoftCap: 0, LogitSoftCap: 0, IsParallel: false };
    }

    /// <summary>
    /// The tensors of a model. First values are normal with a deviation of 0.02, divided by sqrt(2 layers) where a matrix adds to the residual stream (Radford et
    /// al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.3).
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="tiesEmbeddings">Whether the token embeddings serve as the output projection.</param>
    /// <exception cref="TrainingOptionsException">The model has a choice that cannot be trained, or too many weights.</exception>
    public static ParameterLayout Of(ModelConfiguration model, bool tiesEmbeddings)
    {
        ModelArchitecture architecture = model.Architecture;
        if (!IsPlain(model))
        {
            throw new TrainingOptionsException("model.architecture",
                $"is '{architecture.Name}', which cannot be trained: only models with RMSNorm, causal attention, SwiGLU, plain embeddings and unscaled positions can.");
        }

        const double deviation = 0.02;
        double residual = deviation / Math.Sqrt(2.0 * model.Layers);
        TensorNames names = architecture.Tensors;
        var layout = new ParameterLayout();
        layout.Matrix(names.TokenEmbedding, model.VocabularySize, model.EmbeddingLength, deviation);
        if (!tiesEmbeddings)
            layout.Matrix(names.Output, model.VocabularySize, model.EmbeddingLength, deviation);
        for (int i = 0; i < model.Layers; i++)
        {
            layout.Matrix(TensorNames.OfLayer(names.Query, i), model.QueryLength, model.EmbeddingLength, deviation);
            layout.Matrix(TensorNames.OfLayer(names.Key, i), model.KeyValueLength, model.EmbeddingLength, deviation);
            layout.Matrix(TensorNames.OfLayer(names.Value, i), model.KeyValueLength, model.EmbeddingLength, deviation);
            layout.Matrix(TensorNames.OfLayer(names.AttentionOutput, i), model.EmbeddingLength, model.QueryLength, residual);
            layout.Matrix(TensorNames.OfLayer(names.Gate, i), model.FeedForwardLength, model.EmbeddingLength, deviation);
            layout.Matrix(TensorNames.OfLayer(names.Up, i), model.FeedForwardLength, model.EmbeddingLength, deviation);
            layout.Matrix(TensorNames.OfLayer(names.Down, i), model.EmbeddingLength, model.FeedForwardLength, residual);
        }

        for (int i = 0; i < model.Layers; i++)
        {
            layout.Vector(TensorNames.OfLayer(names.AttentionNorm, i), model.EmbeddingLength);
            layout.Vector(TensorNames.OfLayer(names.FeedForwardNorm, i), model.EmbeddingLength);
        }

        layout.Vector(names.OutputNorm, model.EmbeddingLength);
        return layout;
    }

    /// <summary>
    /// The tensors of a model's adapters: of each matrix W, [rows, columns], A, [rank, columns], and B, [rows, rank]. A begins random, B at 0, so that the model
    /// begins as it was (Hu et al., "LoRA", 2021, section 4.1).
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="lora">Which matrices are adapted.</param>
    public static ParameterLayout Of(ModelConfiguration model, LoraOptions lora)
    {
        ParameterLayout whole = Of(model, tiesEmbeddings: true);
        var layout = new ParameterLayout();
        for (int i = 0; i < model.Layers; i++)
        {
            foreach (string target in LoraOptions.AllTargets.Where(lora.Targets.Contains))
            {
                ParameterTensor matrix = whole[TensorNames.OfLayer(PatternOf(target, model.Architecture.Tensors), i) + ".weight"];
                layout.Add($"{matrix.Name}.lora_a", lora.Rank, matrix.Columns, isMatrix: true, 1 / Math.Sqrt(matrix.Columns));
                layout.Add($"{matrix.Name}.lora_b", matrix.Rows, lora.Rank, isMatrix: true, deviation: 0);
            }
        }

        return layout;
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Has(string name) => _byName.ContainsKey(name);

    private static string PatternOf(string target, TensorNames names) => target switch
    {
        "query" => names.Query,
        "key" => names.Key,
        "value" => names.Value,
        "output" => names.AttentionOutput,
        "gate" => names.Gate,
        "up" => names.Up,
        "down" => names.Down,
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a matrix that can be adapted."),
    };

    private void Matrix(string name, int rows, int columns, double deviation) => Add($"{name}.weight", rows, columns, isMatrix: true, deviation);

    private void Vector(string name, int length) => Add($"{name}.weight", 1, length, isMatrix: false, deviation: 0);

    private void Add(string name, int rows, int columns, bool isMatrix, double deviation)
    {
        long end = _count + ((long)rows * columns);
        if (end > int.MaxValue / sizeof(float))
            throw new TrainingOptionsException("model", $"has more than {int.MaxValue / sizeof(float)} weights, which is the most that can be trained.");
        var tensor = new ParameterTensor(name, rows, columns, isMatrix, deviation, (int)_count);
        _tensors.Add(tensor);
        _byName.Add(name, tensor);
        MatrixCount += isMatrix ? tensor.Count : 0;
        _count = end;
    }
}
