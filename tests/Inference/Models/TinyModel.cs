using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.Tokenizers;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>A model of a few thousand drawn weights, as a GGUF file and as the numbers in it.</summary>
internal sealed class TinyModel
{
    private static readonly string[] s_pieces = ["▁", "a", "b", "c", "e", "h", "t", "▁t", "he", "▁the", "ab", "▁a"];
    private readonly Dictionary<string, TensorData> _tensors = [];

    public TinyModel(ModelArchitecture? architecture = null) => Architecture = architecture ?? ModelArchitectures.Llama;

    public ModelArchitecture Architecture { get; }

    public int Layers { get; init; } = 2;

    public int Embedding { get; init; } = 32;

    public int Heads { get; init; } = 4;

    public int KeyValueHeads { get; init; } = 2;

    public int HeadDim { get; init; } = 8;

    public int RotaryDims { get; init; } = 8;

    public float RotaryBase { get; init; } = 100f;

    public float RotaryScale { get; init; } = 1f;

    public int FeedForward { get; init; } = 64;

    public int Context { get; init; } = 48;

    public int Window { get; init; }

    public GgmlType Type { get; init; } = GgmlType.F32;

    public bool Tied { get; init; } = true;

    public int Seed { get; init; } = 7;

    public TestVocabulary Vocabulary { get; } = new TestVocabulary().Pieces(s_pieces).With("tokenizer.ggml.bos_token_id", 1u);

    /// <summary>Entries besides those of the model; a null value leaves one out.</summary>
    public Dictionary<string, object?> Metadata { get; } = [];

    /// <summary>What a test changes about the tensors before they are written.</summary>
    public Action<Dictionary<string, TensorData>>? Change { get; init; }

    public IReadOnlyDictionary<string, TensorData> Tensors
    {
        get
        {
            if (_tensors.Count == 0)
                Draw();
            return _tensors;
        }
    }

    public byte[] Build()
    {
        string name = Architecture.Name;
        var entries = new Dictionary<string, object?>
        {
            ["general.architecture"] = name,
            [$"{name}.block_count"] = (uint)Layers,
            [$"{name}.context_length"] = (uint)Context,
            [$"{name}.embedding_length"] = (uint)Embedding,
            [$"{name}.feed_forward_length"] = (uint)FeedForward,
            [$"{name}.attention.head_count"] = (uint)Heads,
            [$"{name}.attention.head_count_kv"] = (uint)KeyValueHeads,
            [$"{name}.attention.key_length"] = (uint)HeadDim,
            [$"{name}.attention.value_length"] = (uint)HeadDim,
            [$"{name}.{Architecture.NormEpsilonKey}"] = NaiveTransformer.Epsilon,
            [$"{name}.rope.dimension_count"] = (uint)RotaryDims,
            [$"{name}.rope.freq_base"] = RotaryBase,
            [$"{name}.rope.scaling.type"] = RotaryScale == 1f ? "none" : "linear",
            [$"{name}.rope.scaling.factor"] = 1f / RotaryScale,
            [$"{name}.vocab_size"] = (uint)Vocabulary.Tokens.Count,
            [$"{name}.attention.sliding_window"] = Window > 0 ? (uint)Window : null,
        };
        foreach (var (key, value) in Metadata)
            entries[key] = value;
        GgufBuilder builder = Vocabulary.ToGguf();
        foreach (var (key, value) in entries)
        {
            if (value is not null)
                builder.Add(key, value);
        }

        foreach (var (tensor, data) in Tensors)
            builder.AddTensor(tensor, data.Type, data.Dimensions, data.Bytes);
        return builder.Build();
    }

    public GgufFile File() => new(Build(), "tiny.gguf");

    public LanguageModel Open(Device device, ModelOptions? options = null) =>
        LanguageModel.Open(File(), device, (options ?? new ModelOptions()) with { Architectures = [Architecture] });

    public NaiveTransformer Oracle() => new(this);

    private void Draw()
    {
        var random = new Random(Seed);
        TensorNames names = Architecture.Tensors;
        int queries = Heads * HeadDim, keys = KeyValueHeads * HeadDim;
        Matrix(names.TokenEmbedding, Vocabulary.Tokens.Count, Embedding, 1);
        Norm(names.OutputNorm);
        if (!Tied)
            Matrix(names.Output, Vocabulary.Tokens.Count, Embedding, 1);
        for (int i = 0; i < Layers; i++)
        {
            Norm(Name(names.AttentionNorm));
            Matrix(Name(names.Query), queries, Embedding, 2);
            Matrix(Name(names.Key), keys, Embedding, 2);
            Matrix(Name(names.Value), keys, Embedding, 1);
            Matrix(Name(names.AttentionOutput), Embedding, queries, 1);
            Norm(Name(names.FeedForwardNorm));
            Matrix(Name(names.Gate), FeedForward, Embedding, 2);
            Matrix(Name(names.Up), FeedForward, Embedding, 1);
            Matrix(Name(names.Down), Embedding, FeedForward, 1);

            string Name(string pattern) => TensorNames.OfLayer(pattern, i);
        }

        Change?.Invoke(_tensors);

        void Matrix(string name, int rows, int columns, double size) =>
            Add(name + ".weight", Type, [(ulong)columns, (ulong)rows], rows * columns, () => Normal() * size / Math.Sqrt(columns));

        void Norm(string name)
        {
            Add(name + ".weight", GgmlType.F32, [(ulong)Embedding], Embedding, () => 1 + (Normal() / 4));
            if (Architecture.Norm == NormKind.LayerNorm)
                Add(name + ".bias", GgmlType.F32, [(ulong)Embedding], Embedding, () => Normal() / 4);
        }

        void Add(string name, GgmlType type, ulong[] dimensions, int count, Func<double> draw) =>
            _tensors[name] = TensorData.Encode(type, dimensions, [.. Enumerable.Range(0, count).Select(_ => (float)draw())]);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
